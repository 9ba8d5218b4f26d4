"""Creates streams with the official SDK and prints the result of each, for `soak.py`."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

official: Any = import_module("fastpix_python")  # imported by name, so that type checkers read it as Any
sdk = official.Fastpix(
    security=official.models.Security(username="name", password="word"),
    server_url=sys.argv[1].rstrip("/"),
    timeout_ms=10_000,
)


def create(number: int) -> str:
    try:
        sdk.start_live_stream.create_new_stream(
            playback_settings={"access_policy": "public"}, input_media_settings={"metadata": {"n": str(number)}}
        )
    except Exception:
        return "refused"  # the SDK does not say whether the request may have been applied
    return "succeeded"


with ThreadPoolExecutor(16) as threads:
    print(json.dumps(list(threads.map(create, range(int(sys.argv[2]))))))
