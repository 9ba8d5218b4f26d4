"""Settings that Ray reads when it is imported: loopback only, no usage statistics, and no authentication."""

import os

os.environ.update(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled")
