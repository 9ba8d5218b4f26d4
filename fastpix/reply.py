"""`Reply`, the type that each function returns: a `Success` with a value, or a `Failure` with an error of `Err`.

`Success`, `Failure` and `Result` are the classes of the library `returns`. Type checkers read the stub
``reply.pyi`` instead of this module. The stub says more than the annotations of `returns`: a `Reply` is one of
these two classes and nothing else.
"""

from typing import TypeVar

from returns.result import Failure, Result, Success

from fastpix.errors import Err

__all__ = ["Failure", "Reply", "Result", "Success"]

Ok = TypeVar("Ok")

Reply = Result[Ok, Err]
