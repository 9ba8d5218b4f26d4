"""What a Ray of our own needs to be told before it is imported: loopback only, and nothing sent or kept elsewhere."""

import os

os.environ.update(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled")
