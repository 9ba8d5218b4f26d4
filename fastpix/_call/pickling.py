"""The pickle of the settings of a core, with functions that pickle alone cannot carry."""

import pickle
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType

import msgspec

from fastpix._call.redaction import words_of
from fastpix.configuration import Configuration

__all__ = ["pickled", "unpickled"]


class _ByValue:
    """A function as the bytes of a pickle. The pickle of this object is read as the function."""

    def __init__(self, function: bytes) -> None:
        self._function = function

    def __reduce__(self) -> tuple[object, ...]:
        return pickle.loads, (self._function,)


def pickled(configuration: Configuration) -> bytes:
    """Return the pickle of settings. A function that pickle cannot find elsewhere by its name is carried by cloudpickle.

    Raises:
        TypeError: There is no cloudpickle, or it cannot carry the function either. The message names the setting.
    """
    hooks = {name: getattr(configuration.hooks, name) for name in configuration.hooks.__struct_fields__}
    carried = {name: _carried(f"hooks.{name}", hook) for name, hook in hooks.items()}
    return pickle.dumps(
        msgspec.structs.replace(
            configuration,
            credentials=_carried("credentials", configuration.credentials),
            hooks=msgspec.structs.replace(configuration.hooks, **carried),
        )
    )


def unpickled(settings: bytes) -> Configuration:
    """Return the settings from their pickle."""
    configuration: Configuration = pickle.loads(settings)  # noqa: S301 - it came inside of another pickle
    return configuration


def _carried(name: str, function: object) -> object:
    problem = _problem_of_pickling(function)
    is_of_script = getattr(function, "__module__", None) == "__main__"  # another process may have another script
    if problem is None and not is_of_script:
        return function
    cloudpickle = _cloudpickle()
    if cloudpickle is None and problem is None:
        return function
    if cloudpickle is None:
        wanted = "define the function at the top level of a module, or install cloudpickle"
        raise TypeError(f"{name} can't be pickled: {words_of(problem)}; {wanted}")
    try:
        return _ByValue(cloudpickle.dumps(function))
    except Exception as problem:
        raise TypeError(f"{name} can't be pickled: {words_of(problem)}") from None


def _problem_of_pickling(function: object) -> Exception | None:
    try:
        pickle.dumps(function)
    except Exception as problem:
        return problem
    return None


def _cloudpickle() -> ModuleType | None:
    """Return cloudpickle, or the copy of it that a loaded library brings, such as ``ray.cloudpickle``."""
    with suppress(ImportError):
        return import_module("cloudpickle")
    found = [module for name, module in sys.modules.copy().items() if name.rpartition(".")[2] == "cloudpickle"]
    return next((module for module in found if hasattr(module, "dumps")), None)
