"""What a type checker knows of a result: it is a `Success` or a `Failure`, and each method has an exact type.

At run time these are the classes of `returns`. There, `Success` is a ``Result[T, Any]`` and final, and `Result` may have
other subclasses; so a ``match`` is never exhaustive, and mypy reads both captures as ``Any``. Here each class has both type
parameters, the value and the error, so that a chain of methods keeps both.

At run time each class takes one parameter. So annotate with `Reply` or `Result`, which are the same in both worlds.
"""

# The classes of `returns` are final, and their methods speak of kinds, which only its plugin understands.
# mypy: disable-error-code="misc, override"
# pyright: reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false

from collections.abc import Callable
from typing import Any, Generic, Never, NoReturn, TypeAlias, final

from returns import result
from returns.result import Result as Result
from typing_extensions import TypeVar

from fastpix.errors import Err

__all__ = ["Failure", "Reply", "Result", "Success"]

_Ok = TypeVar("_Ok")
_NewOk = TypeVar("_NewOk")
_NewErr = TypeVar("_NewErr")
_Ok_co = TypeVar("_Ok_co", covariant=True, default=Any)
_Err_co = TypeVar("_Err_co", covariant=True, default=Any)

class _Result(Result[_Ok_co, _Err_co]):
    def map(self, function: Callable[[_Ok_co], _NewOk]) -> Success[_NewOk, _Err_co] | Failure[_Err_co, _NewOk]:
        """A success with what the function makes of the value; a failure as it is."""

    def bind(
        self, function: Callable[[_Ok_co], Result[_NewOk, _NewErr]]
    ) -> Success[_NewOk, _Err_co | _NewErr] | Failure[_Err_co | _NewErr, _NewOk]:
        """The result that the function makes of the value; a failure as it is."""

    def bind_result(
        self, function: Callable[[_Ok_co], Result[_NewOk, _NewErr]]
    ) -> Success[_NewOk, _Err_co | _NewErr] | Failure[_Err_co | _NewErr, _NewOk]:
        """Another name for `bind`."""

    def apply(
        self, container: Result[Callable[[_Ok_co], _NewOk], _NewErr]
    ) -> Success[_NewOk, _Err_co | _NewErr] | Failure[_Err_co | _NewErr, _NewOk]:
        """A success with what the function in the container makes of the value; the failure of either."""

    def alt(self, function: Callable[[_Err_co], _NewErr]) -> Success[_Ok_co, _NewErr] | Failure[_NewErr, _Ok_co]:
        """A failure with what the function makes of the error; a success as it is."""

    def lash(
        self, function: Callable[[_Err_co], Result[_NewOk, _NewErr]]
    ) -> Success[_Ok_co | _NewOk, _NewErr] | Failure[_NewErr, _Ok_co | _NewOk]:
        """The result that the function makes of the error; a success as it is."""

    def swap(self) -> Success[_Err_co, _Ok_co] | Failure[_Ok_co, _Err_co]:
        """The value as an error, the error as a value."""

    def value_or(self, default_value: _NewOk) -> _Ok_co | _NewOk:
        """The value, or the default in place of an error."""

@final
class Success(_Result[_Ok_co, _Err_co], result.Success[_Ok_co]):
    """It went well: ``case Success(value)``."""

    def __new__(cls, inner_value: _Ok_co) -> Success[_Ok_co, Never]: ...
    def unwrap(self) -> _Ok_co:
        """The value."""

    def failure(self) -> NoReturn:
        """There is no error: raises `returns.primitives.exceptions.UnwrapFailedError`."""

@final
class Failure(_Result[_Ok_co, _Err_co], result.Failure[_Err_co], Generic[_Err_co, _Ok_co]):
    """It did not: ``case Failure(error)``."""

    def __new__(cls, inner_value: _Err_co) -> Failure[_Err_co, Never]: ...
    def unwrap(self) -> NoReturn:
        """There is no value: raises `returns.primitives.exceptions.UnwrapFailedError`, with the error as its cause."""

    def failure(self) -> _Err_co:
        """The error."""

Reply: TypeAlias = Success[_Ok, Err] | Failure[Err, _Ok]
"""What a function returns: a `Success` with the value, or a `Failure` with one of `Err`."""
