"""Makes the settings of a core picklable, with functions that pickle alone cannot carry."""

import pickle
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType

import msgspec

from fastpix._call.redaction import words_of
from fastpix.configuration import Configuration

__all__ = ["portable"]


class _ByValue:
    """A function as the bytes of a pickle. The pickle of this object is read as the function."""

    def __init__(self, pickled: bytes) -> None:
        self._pickled = pickled

    def __reduce__(self) -> tuple[object, ...]:
        return pickle.loads, (self._pickled,)


def portable(configuration: Configuration) -> Configuration:
    """Return the settings with each function that pickle cannot find by its name as one that cloudpickle carries.

    Raises:
        TypeError: There is no cloudpickle, or it cannot carry the function either. The message names the setting.
    """
    hooks = {name: getattr(configuration.hooks, name) for name in configuration.hooks.__struct_fields__}
    carried = {name: _carried(f"hooks.{name}", hook) for name, hook in hooks.items()}
    return msgspec.structs.replace(
        configuration,
        credentials=_carried("credentials", configuration.credentials),
        hooks=msgspec.structs.replace(configuration.hooks, **carried),
    )


def _carried(name: str, function: object) -> object:
    try:
        pickle.dumps(function)
    except Exception as problem:
        cloudpickle = _cloudpickle()
        if cloudpickle is None:
            wanted = "define the function at the top level of a module, or install cloudpickle"
            raise TypeError(f"{name} can't be pickled: {words_of(problem)}; {wanted}") from None
        try:
            return _ByValue(cloudpickle.dumps(function))
        except Exception as problem:
            raise TypeError(f"{name} can't be pickled: {words_of(problem)}") from None
    return function


def _cloudpickle() -> ModuleType | None:
    """Return cloudpickle, or the copy of it that a loaded library brings, such as ``ray.cloudpickle``."""
    with suppress(ImportError):
        return import_module("cloudpickle")
    found = [module for name, module in sys.modules.items() if name.rpartition(".")[2] == "cloudpickle"]
    return next((module for module in found if hasattr(module, "dumps")), None)
