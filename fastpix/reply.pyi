"""The types of results for type checkers: a `Reply` is a `Success` or a `Failure`, and each method has an exact type.

At run time, these are the classes of `returns`. As `returns` annotates them, `Success` is a ``Result[T, Any]`` and
final, and `Result` may have other subclasses. Therefore a ``match`` would never be exhaustive, and mypy would read
both captured values as ``Any``. In this stub, each class has two type parameters, the value and the error, so a
chain of methods keeps both.

At run time, `Success` and `Failure` take one type parameter. So annotate with `Reply` or `Result`, which take the
same parameters in both cases.
"""

# The classes of `returns` are final, and their methods use higher-kinded types, which only its plugin understands.
# mypy: disable-error-code="misc, override"
# pyright: reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false

from collections.abc import Callable
from typing import Any, Generic, Never, NoReturn, TypeAlias, final

from returns import result
from typing_extensions import TypeVar

from fastpix.errors import Err

__all__ = ["Failure", "Reply", "Result", "Success"]

_Ok = TypeVar("_Ok")
_Error = TypeVar("_Error")
_NewOk = TypeVar("_NewOk")
_NewErr = TypeVar("_NewErr")
_Ok_co = TypeVar("_Ok_co", covariant=True, default=Any)
_Err_co = TypeVar("_Err_co", covariant=True, default=Any)

class _Result(result.Result[_Ok_co, _Err_co]):
    def map(self, function: Callable[[_Ok_co], _NewOk]) -> Success[_NewOk, _Err_co] | Failure[_Err_co, _NewOk]:
        """Return a success with ``function(value)``. A failure is returned unchanged."""

    def bind(
        self, function: Callable[[_Ok_co], result.Result[_NewOk, _NewErr]]
    ) -> Success[_NewOk, _Err_co | _NewErr] | Failure[_Err_co | _NewErr, _NewOk]:
        """Return the result ``function(value)``. A failure is returned unchanged."""

    def bind_result(
        self, function: Callable[[_Ok_co], result.Result[_NewOk, _NewErr]]
    ) -> Success[_NewOk, _Err_co | _NewErr] | Failure[_Err_co | _NewErr, _NewOk]:
        """Do the same as `bind`."""

    def apply(
        self, container: result.Result[Callable[[_Ok_co], _NewOk], _NewErr]
    ) -> Success[_NewOk, _Err_co | _NewErr] | Failure[_Err_co | _NewErr, _NewOk]:
        """Return a success with ``function(value)``, where ``container`` is a success with the function.

        If this result is a failure, return it unchanged. If only the container is a failure, return the container.
        """

    def alt(self, function: Callable[[_Err_co], _NewErr]) -> Success[_Ok_co, _NewErr] | Failure[_NewErr, _Ok_co]:
        """Return a failure with ``function(error)``. A success is returned unchanged."""

    def lash(
        self, function: Callable[[_Err_co], result.Result[_NewOk, _NewErr]]
    ) -> Success[_Ok_co | _NewOk, _NewErr] | Failure[_NewErr, _Ok_co | _NewOk]:
        """Return the result ``function(error)``. A success is returned unchanged."""

    def swap(self) -> Success[_Err_co, _Ok_co] | Failure[_Ok_co, _Err_co]:
        """Return a failure with the value of a success, or a success with the error of a failure."""

    def value_or(self, default_value: _NewOk) -> _Ok_co | _NewOk:
        """Return the value of a success, or ``default_value`` for a failure."""

@final
class Success(_Result[_Ok_co, _Err_co], result.Success[_Ok_co]):
    """A result with a value: ``case Success(value)``."""

    def __new__(cls, inner_value: _Ok_co) -> Success[_Ok_co, Never]: ...
    def unwrap(self) -> _Ok_co:
        """Return the value."""

    def failure(self) -> NoReturn:
        """Raise `returns.primitives.exceptions.UnwrapFailedError`, because a success has no error."""

@final
class Failure(_Result[_Ok_co, _Err_co], result.Failure[_Err_co], Generic[_Err_co, _Ok_co]):
    """A result with an error: ``case Failure(error)``."""

    def __new__(cls, inner_value: _Err_co) -> Failure[_Err_co, Never]: ...
    def unwrap(self) -> NoReturn:
        """Raise `returns.primitives.exceptions.UnwrapFailedError`, with the error as its ``__cause__``."""

    def failure(self) -> _Err_co:
        """Return the error."""

Result: TypeAlias = Success[_Ok, _Error] | Failure[_Error, _Ok]
"""The result of a function with errors of its own: a `Success` or a `Failure`."""
Reply: TypeAlias = Success[_Ok, Err] | Failure[Err, _Ok]
"""The type that each function returns: a `Success` with a value, or a `Failure` with an error of `Err`."""
