"""All values and all settings that the official SDK can send are taken."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from fastpix.emulator import Emulator
from tests.official.sdk import OPERATIONS, SDK, SdkOperation

OF_A_PROVIDER = {"dimension": {"value": "x"}}


def choices(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(text for part in get_args(hint) for text in choices(part))
