"""`Reply` is what each function returns: a `Success` with the value, or a `Failure` with one of `Err`.

All three are those of `returns`. A type checker reads the stub beside this module, which knows what the declarations of
`returns` leave open: that a result is one of these two classes and nothing else.
"""

from typing import TypeVar

from returns.result import Failure, Result, Success

from fastpix.errors import Err

__all__ = ["Failure", "Reply", "Result", "Success"]

Ok = TypeVar("Ok")

Reply = Result[Ok, Err]
