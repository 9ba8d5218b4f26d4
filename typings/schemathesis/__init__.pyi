from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from schemathesis import openapi as openapi

_F = TypeVar("_F", bound=Callable[..., object])

class Response:
    status_code: int

class Case:
    path: str
    path_parameters: Mapping[str, Any]
    query: Mapping[str, Any]

    def call(self, *, base_url: str, auth: tuple[str, str]) -> Response: ...

class Schema:
    def parametrize(self) -> Callable[[_F], _F]: ...
