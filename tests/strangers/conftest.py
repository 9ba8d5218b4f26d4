"""Settings that Ray reads when it is imported, a page of a browser, and servers of databases."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

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
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"))
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server that listens on a Unix socket only. PostgreSQL does not run as root."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(POSTGRES / program), "-D", f"{folder}/data", *arguments]
            subprocess.run(command, check=True, capture_output=True, cwd=folder)

        run("initdb", "-A", "trust", "-U", "test")
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", settings, "start")
        try:
            yield f"host={folder} user=test dbname=postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def redis() -> Iterator[int]:
    """The port of a server that listens on this machine only."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with TemporaryDirectory() as folder:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--appendonly", "yes"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            while not _listens(port):
                assert server.poll() is None
                time.sleep(0.01)
            yield port
            server.terminate()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
