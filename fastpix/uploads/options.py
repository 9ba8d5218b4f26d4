"""The options of uploads, with their defaults and bounds."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any, TypedDict

from fastpix._call.arguments import is_async
from fastpix._call.redaction import shown
from fastpix._call.structs import Struct
from fastpix.configuration import MOST, RequestOptions, check
from fastpix.errors import ConfigurationError
from fastpix.uploads.control import UploadControl
from fastpix.uploads.progress import OnProgress
from fastpix.uploads.wire import QUANTUM

__all__ = ["Options", "SendOptions", "UploadOptions", "checked"]

MEBIBYTE = 1024 * 1024
LARGEST_PART = 500 * MEBIBYTE
LARGEST = 2**63


class SendOptions(TypedDict, total=False):
    """The options of `send` and `resume`. `upload` describes them."""

    size: int | None
    part_size: int
    bytes_per_second: float | None
    silence: float
    on_progress: OnProgress | None
    control: UploadControl | None
    ready_within: float | None
    options: RequestOptions | None


class UploadOptions(SendOptions, total=False):
    """The options of `upload`, which describes them."""

    state_file: str | os.PathLike[str] | None


class Options(Struct, frozen=True, kw_only=True):
    """The options with their defaults."""

    size: int | None = None
    part_size: int = 16 * MEBIBYTE
    bytes_per_second: float | None = None
    silence: float = 60.0
    on_progress: OnProgress | None = None
    control: UploadControl | None = None
    ready_within: float | None = None
    options: RequestOptions | None = None

    @property
    def bytes_at_once(self) -> int:
        """The size of a part. With a limit of the rate, a part takes about a second, or is as small as possible."""
        if self.bytes_per_second is None:
            return self.part_size
        return min(self.part_size, max(int(self.bytes_per_second) // QUANTUM, 1) * QUANTUM)


def checked(given: Any) -> Options:
    """Return options with their defaults.

    Raises:
        ConfigurationError: An option has a wrong type or is out of its bounds. The message names it.
        TypeError: There is no option of this name.
    """
    options = Options(**given)
    for name, (is_allowed, allowed) in _RULES.items():
        value = getattr(options, name)
        if not is_allowed(value) and not (value is None and name not in REQUIRED):
            raise ConfigurationError(f"{name} must be {allowed}, not {shown(value)}")
    if options.options is not None:
        check(options.options)
    return options


def _is_number(value: object, *, least: float, most: float = LARGEST) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_size(value: object) -> bool:
    return isinstance(value, int) and _is_number(value, least=1)


def _is_part_size(value: object) -> bool:
    return isinstance(value, int) and _is_number(value, least=QUANTUM, most=LARGEST_PART) and not value % QUANTUM


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "size": (_is_size, "an int at least 1"),
    "part_size": (_is_part_size, f"an int from {QUANTUM} to {LARGEST_PART} that is a multiple of {QUANTUM}"),
    "bytes_per_second": (partial(_is_number, least=1), "a number at least 1"),
    "silence": (partial(_is_number, least=0.001, most=MOST), f"a number of seconds from 0.001 to {MOST}"),
    "on_progress": (lambda value: callable(value) and not is_async(value), "a plain function"),
    "control": (lambda value: isinstance(value, UploadControl), "an UploadControl"),
    "ready_within": (partial(_is_number, least=0, most=MOST), f"a number of seconds from 0 to {MOST}"),
}
REQUIRED = ("part_size", "silence")
