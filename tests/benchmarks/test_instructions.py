"""The number of instructions of a cold start and of a call. callgrind counts them, so that noise does not affect them.

Counts also depend on the processor, on Python and on the libraries. Each count is therefore compared with another count
of the same run. The limits leave room for a growth of 10 to 20 percent. `make bench` measures the time.
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pytest

from tests.benchmarks.measure import serving

ROOT = Path(__file__).parent.parent.parent
FEW, MANY = 20, 520
LIBRARIES = "import msgspec, returns.result"
RESOURCE = "import fastpix.api.live_streams"
COLD = """
from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list
live_streams_list(FastpixCore(username="a", password="b")).unwrap()
"""
CALLS = """
import httpx
from fastpix import FastpixCore
from tests.benchmarks.answers import streams
from tests.benchmarks.sides import BASE, Canned, idiomatic, ours
canned = Canned(streams(10))
core, client = FastpixCore(username="a", password="b", transport=canned), httpx.Client(transport=canned)
call = {}
for _ in range({}):
    call()
"""
OURS, IDIOMATIC = "ours(core, 10)", "idiomatic(client, BASE, 10)"

pytestmark = [
    pytest.mark.timeout(900),  # a program under callgrind takes about 50 times as long
    pytest.mark.skipif(
        shutil.which("valgrind") is None and "CI" not in os.environ, reason="needs valgrind, which CI has"
    ),
]


class Count(Protocol):
    def __call__(self, program: str, **environment: str) -> int: ...


@pytest.fixture(scope="module")
def instructions(tmp_path_factory: pytest.TempPathFactory) -> Count:
    """Return a function that counts the instructions of a program.

    The modules are compiled before: that belongs to the installation and not to a cold start.
    """
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("compiled")), "PYTHONHASHSEED": "0"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def count(program: str, **environment: str) -> int:
        python, environment = [sys.executable, "-c", program], inherited | compiled | environment
        subprocess.run(python, check=True, cwd=ROOT, env=environment)
        callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *python]
        done = subprocess.run(callgrind, check=True, capture_output=True, text=True, cwd=ROOT, env=environment)
        counted = re.search(r"Collected : (\d+)", done.stderr)
        assert counted is not None
        return int(counted[1])

    return count


def ratio(instructions: Count, ours: str, theirs: str, **environment: str) -> float:
    def count(program: str) -> int:
        return instructions(program, **environment)

    with ThreadPoolExecutor(2) as threads:
        counts = list(threads.map(count, (ours, theirs)))
    return counts[0] / counts[1]


def test_importing_a_resource_costs_little_beside_the_libraries_it_needs(instructions: Count) -> None:
    assert ratio(instructions, RESOURCE, LIBRARIES) < 1.5


def test_a_cold_start_costs_little_beside_loading_what_speaks_http(instructions: Count) -> None:
    with serving() as url:
        assert ratio(instructions, COLD, f"{LIBRARIES}, httpcore", FASTPIX_SERVER_URL=url) < 1.2


def test_a_call_costs_half_of_one_by_hand(instructions: Count) -> None:
    with ThreadPoolExecutor(2) as threads:
        programs = [CALLS.format(call, times) for call in (OURS, IDIOMATIC) for times in (FEW, MANY)]
        ours_few, ours_many, few, many = threads.map(instructions, programs)
    assert (ours_many - ours_few) / (many - few) < 0.5
