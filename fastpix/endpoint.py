"""What the API says of one operation, and what is prepared once from it."""

from types import UnionType
from typing import Generic, Literal, TypeAlias, TypeVar, get_args

import msgspec

__all__ = ["Endpoint", "Method"]

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Ok_co = TypeVar("Ok_co", covariant=True)


class Endpoint(Generic[Ok_co]):
    """One operation of the API, as data.

    Attributes:
        id: the operationId.
        method: the HTTP method.
        path: the template; each ``{name}`` is a field of the request, in the API's spelling.
        request_type: the struct of the request, or a union of several.
        response_type: the struct of a success.
        idempotent: whether sending it twice does what sending it once does.
        in_body: whether the fields that are not in the path go into a JSON body, not into the query.
        request_types: the structs that a request can be.
        path_parts: the template, taken apart.
        has_body: whether there is a field that goes into a body.
    """

    def __init__(
        self,
        *,
        id: str,
        method: Method,
        path: str,
        request_type: type[msgspec.Struct] | UnionType,
        response_type: type[Ok_co],
        idempotent: bool,
        in_body: bool,
    ) -> None:
        self.id = id
        self.method = method
        self.path = path
        self.request_type = request_type
        self.response_type = response_type
        self.idempotent = idempotent
        self.in_body = in_body
        self.request_types: tuple[type[msgspec.Struct], ...] = (
            get_args(request_type) if isinstance(request_type, UnionType) else (request_type,)
        )
        self.path_parts: list[tuple[str, str]] = _parts(path)
        in_path = {name for name, _ in self.path_parts}
        fields = [kind.__struct_encode_fields__ for kind in self.request_types]
        self.has_body: bool = in_body and not all(map(in_path.issuperset, fields))
        self._decoder: msgspec.json.Decoder[Ok_co] | None = None

    @property
    def decoder(self) -> "msgspec.json.Decoder[Ok_co]":
        """Made when first used; threads that race each make one."""
        if self._decoder is None:
            self._decoder = msgspec.json.Decoder(self.response_type)
        return self._decoder


def _parts(path: str) -> list[tuple[str, str]]:
    """The template as pairs of a name and the literal text behind it; the first name is empty."""
    first, *rest = path.split("{")
    pairs = [part.partition("}") for part in rest]
    return [("", first), *((name, literal) for name, _, literal in pairs)]
