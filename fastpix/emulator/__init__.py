"""A local FastPix: the same API, without an account, a network or a bill.

    from fastpix.emulator import Emulator
    emulator = Emulator()
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())

`Emulator.handle` is a request to a response, without a socket; ``python -m fastpix.emulator`` puts it behind
one (``pip install fastpix[emulator]``). README says what it does not do.
"""

from fastpix.emulator.control import Seed, SeedStream
from fastpix.emulator.service import Emulator

__all__ = ["Emulator", "Seed", "SeedStream"]
