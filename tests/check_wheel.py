"""`make wheel`: builds the wheel, and uses it in an environment that contains only its requirements."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.wheel import installed

PROGRAM = """
import sys
import fastpix
assert "httpx" not in sys.modules, "importing the package alone must not load httpx"
from fastpix import AsyncFastpixCore, Fastpix, FastpixCore, Failure
from fastpix.api.live_streams import live_streams_list
loaded = {"starlette", "uvicorn", "click", "rich", "asyncio"} & set(sys.modules)
assert not loaded, loaded
assert "site-packages" in fastpix.__file__, fastpix.__file__
result = live_streams_list(FastpixCore(username="a", password="b", server_url="http://127.0.0.1:1/", timeout=0.1))
assert isinstance(result, Failure), result
import httpx
from fastpix.emulator import Emulator
emulator = Emulator()
core = FastpixCore(username=emulator.username, password=emulator.password,
                   client=httpx.Client(transport=emulator.transport()))
assert live_streams_list(core).unwrap().data == []
for path in ("/", "/_studio/studio.js", "/_studio/hls.light.min.js"):
    assert emulator.handle(httpx.Request("GET", f"http://127.0.0.1{path}")).status_code == 200, path
print("fastpix", fastpix.__version__, "works from its wheel")
"""


def main() -> None:
    with TemporaryDirectory() as folder:
        python = installed(Path(folder))
        subprocess.run([python, "-W", "error", "-c", PROGRAM], check=True, cwd=folder)
        without_extra = subprocess.run(
            [python, "-m", "fastpix.emulator"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert "pip install 'fastpix[emulator]'" in without_extra.stderr, without_extra


if __name__ == "__main__":
    main()
