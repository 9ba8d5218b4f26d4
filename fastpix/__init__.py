"""A client for the FastPix video API: functions that take a core and a request, and return a `Result`.

    from fastpix import Failure, FastpixCore, Success
    from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list

    core = FastpixCore(username="token-id", password="secret")
    match live_streams_list(core, GetAllStreamsRequest(limit=20)):
        case Success(page): ...
        case Failure(error): ...

`fastpix.api` has one module with functions for each resource. `fastpix.errors` has all error classes.
The names of this package are loaded on first use, so ``import fastpix`` alone is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msgspec import UNSET as UNSET

    from fastpix._call.call import WithResponse as WithResponse
    from fastpix._call.deviation import Deviation as Deviation
    from fastpix._call.messages import Response as Response
    from fastpix.client import AsyncFastpix as AsyncFastpix
    from fastpix.client import Fastpix as Fastpix
    from fastpix.concurrency import Progress as Progress
    from fastpix.concurrency import many as many
    from fastpix.configuration import Attempt as Attempt
    from fastpix.configuration import Hooks as Hooks
    from fastpix.configuration import RequestOptions as RequestOptions
    from fastpix.configuration import Retries as Retries
    from fastpix.configuration import Timeout as Timeout
    from fastpix.core import AsyncFastpixCore as AsyncFastpixCore
    from fastpix.core import FastpixCore as FastpixCore
    from fastpix.errors import Err as Err
    from fastpix.errors import FastpixError as FastpixError
    from fastpix.operation import Operation as Operation
    from fastpix.operation import Resource as Resource
    from fastpix.operation import bind_core as bind_core
    from fastpix.operation import with_response as with_response
    from fastpix.paging import each as each
    from fastpix.paging import pages as pages
    from fastpix.polling import until as until
    from fastpix.reply import Failure as Failure
    from fastpix.reply import Reply as Reply
    from fastpix.reply import Result as Result
    from fastpix.reply import Success as Success

__version__ = "0.1.0"

_MODULE_OF_NAME = {
    "UNSET": "msgspec",
    "AsyncFastpix": "fastpix.client",
    "AsyncFastpixCore": "fastpix.core",
    "Attempt": "fastpix.configuration",
    "Deviation": "fastpix._call.deviation",
    "Err": "fastpix.errors",
    "Failure": "fastpix.reply",
    "Fastpix": "fastpix.client",
    "FastpixCore": "fastpix.core",
    "FastpixError": "fastpix.errors",
    "Hooks": "fastpix.configuration",
    "Operation": "fastpix.operation",
    "Progress": "fastpix.concurrency",
    "Reply": "fastpix.reply",
    "RequestOptions": "fastpix.configuration",
    "Resource": "fastpix.operation",
    "Response": "fastpix._call.messages",
    "Result": "fastpix.reply",
    "Retries": "fastpix.configuration",
    "Success": "fastpix.reply",
    "Timeout": "fastpix.configuration",
    "WithResponse": "fastpix._call.call",
    "bind_core": "fastpix.operation",
    "each": "fastpix.paging",
    "many": "fastpix.concurrency",
    "pages": "fastpix.paging",
    "until": "fastpix.polling",
    "with_response": "fastpix.operation",
}

__all__ = [
    "UNSET",
    "AsyncFastpix",
    "AsyncFastpixCore",
    "Attempt",
    "Deviation",
    "Err",
    "Failure",
    "Fastpix",
    "FastpixCore",
    "FastpixError",
    "Hooks",
    "Operation",
    "Progress",
    "Reply",
    "RequestOptions",
    "Resource",
    "Response",
    "Result",
    "Retries",
    "Success",
    "Timeout",
    "WithResponse",
    "bind_core",
    "each",
    "many",
    "pages",
    "until",
    "with_response",
]


if not TYPE_CHECKING:  # hidden from type checkers, so that they report unknown names

    def __getattr__(name: str) -> object:
        if name not in _MODULE_OF_NAME:
            raise AttributeError(f"module 'fastpix' has no attribute {name!r}")
        value = getattr(import_module(_MODULE_OF_NAME[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
