"""Settings that Ray reads when it is imported, and a page of a browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

# loopback only, no usage statistics, and no authentication
os.environ.update(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled")

CHROMIUM = str(shutil.which("chromium"))
ON_THIS_MACHINE = [
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-pings",
    "--no-proxy-server",
]
"""The arguments with which Chromium connects to no other machine."""
ONLINE = "Object.defineProperty(navigator, 'onLine', { get: () => true })"


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a browser that believes to be online, even on a machine without a network."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ON_THIS_MACHINE)
        page = browser.new_page()
        page.add_init_script(ONLINE)
        yield page
        browser.close()
