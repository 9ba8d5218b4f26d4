"""A local FastPix for tests: all operations of the API, without an account or a network.

    from fastpix.emulator import Emulator
    emulator = Emulator()
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())

This example needs no socket: `Emulator.handle` turns a request into a response. ``python -m fastpix.emulator``
serves an emulator over HTTP and needs ``pip install 'fastpix[emulator]'``. The README lists the differences from
the real service.
"""

from fastpix.emulator.clock import Clock, Delays, Reads
from fastpix.emulator.environment import Server
from fastpix.emulator.faults import Fault, Outcome, PlannedFaults
from fastpix.emulator.http.in_process import InProcessTransport
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.media import Content
from fastpix.emulator.seed import (
    Seed,
    SeedDrmConfiguration,
    Seeded,
    SeedFile,
    SeedMedia,
    SeedPlaylist,
    SeedSigningKey,
    SeedStream,
    SeedTrack,
    SeedUpload,
    SeedView,
)
from fastpix.emulator.sent import Sent
from fastpix.emulator.service import Emulator
from fastpix.emulator.storage.bucket import ReceivedUpload
from fastpix.emulator.store.documents import State, StoreError
from fastpix.emulator.webhooks.deliveries import Answered, Attempt, Delivery
from fastpix.emulator.webhooks.inbox import Inbox
from fastpix.emulator.webhooks.webhook import Webhook

__all__ = [
    "Answered",
    "Attempt",
    "Clock",
    "Content",
    "Delays",
    "Delivery",
    "Emulator",
    "Fault",
    "InProcessTransport",
    "Inbox",
    "Outcome",
    "PlannedFaults",
    "Reads",
    "ReceivedUpload",
    "RefusedError",
    "Seed",
    "SeedDrmConfiguration",
    "SeedFile",
    "SeedMedia",
    "SeedPlaylist",
    "SeedSigningKey",
    "SeedStream",
    "SeedTrack",
    "SeedUpload",
    "SeedView",
    "Seeded",
    "Sent",
    "Server",
    "State",
    "StoreError",
    "Webhook",
]
