"""What reading answers takes: bytes to typed values."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from fastpix.api.live_streams import live_streams_list
from fastpix.api.media import media_list
from tests.benchmarks.answers import media, streams
from tests.benchmarks.measure import Row, child, cpu, paired, report

COUNT = 1_000
PEAK = """
import resource, sys
{}
page = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
value = {}
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
OURS = "from fastpix.api.media import media_list", "media_list.endpoint.decoder.decode(page)"
THEIRS = (
    "from fastpix_python import models, utils; model = models.ListMediaResponse",
    "utils.unmarshal_json(page.decode(), model)",
)
official: Any = import_module(
    "fastpix_python"
)  # unknown to type checkers: it is in the environment of benchmarks alone


def rows() -> Iterator[Row]:
    yield from _decoding("streams", streams(COUNT), live_streams_list, official.models.GetStreamsResponse)
    yield from _decoding("media", media(COUNT), media_list, official.models.ListMediaResponse)
    peaks = paired(_peak(*OURS), _peak(*THEIRS), 5)
    yield peaks.row(f"memory to decode {COUNT:,} media, to official", 0.5, "MB", 1e-6)


def _decoding(name: str, page: bytes, operation: Any, model: Any) -> Iterator[Row]:
    decode = cpu(lambda: operation.endpoint.decoder.decode(page), 5)
    loads = paired(decode, cpu(lambda: json.loads(page), 5))
    yield loads.row(f"decode {COUNT:,} {name}, to json.loads (CPU)", 0.4, "ms", 1e3)
    unmarshal = import_module("fastpix_python.utils").unmarshal_json
    models = paired(decode, cpu(lambda: unmarshal(page.decode(), model), 1), 11)
    yield models.row(f"decode {COUNT:,} {name}, to official models (CPU)", 0.08, "ms", 1e3)


def _peak(prepare: str, decode: str) -> Callable[[], float]:
    return lambda: float(child(PEAK.format(prepare, decode), media(COUNT)).printed)


if __name__ == "__main__":
    report(rows())
