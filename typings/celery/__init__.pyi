from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

class Celery:
    conf: dict[str, Any]
    def __init__(self, main: str, *, broker: str, backend: str) -> None: ...
    def task(self, *, name: str) -> Callable[[Callable[_P, _T]], Task[_P, _T]]: ...

class Task(Generic[_P, _T]):
    def delay(self, *args: _P.args, **kwargs: _P.kwargs) -> AsyncResult[_T]: ...

class AsyncResult(Generic[_T]):
    def get(self, *, timeout: float) -> _T: ...
