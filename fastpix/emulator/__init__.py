"""A local FastPix server for tests: the operations of `fastpix.api.live_streams`, without an account or a network.

    from fastpix.emulator import Emulator
    emulator = Emulator()
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())

This example needs no socket: `Emulator.handle` turns a request into a response. ``python -m fastpix.emulator``
serves an emulator over HTTP and needs ``pip install 'fastpix[emulator]'``. The README lists the differences from
the real service.
"""

from fastpix.emulator.control import Seed, SeedStream
from fastpix.emulator.service import Emulator

__all__ = ["Emulator", "Seed", "SeedStream"]
