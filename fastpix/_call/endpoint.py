"""What the API says of one operation, and what is prepared once from it."""

from collections.abc import Callable
from types import UnionType
from typing import Any, Generic, Literal, TypeAlias, TypeVar, cast, get_origin

import msgspec

from fastpix._call.hints import types_of_request

__all__ = ["Endpoint", "HttpMethod"]

HttpMethod: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Ok_co = TypeVar("Ok_co", covariant=True)

ACKNOWLEDGED = b'{"success":true}'


class Endpoint(Generic[Ok_co]):
    """One operation of the API, as data.

    Attributes:
        id: the operationId.
        name: of the function.
        method: the HTTP method.
        path: the template; each ``{name}`` is a field of the request, in the API's spelling.
        request_type: the struct of the request, or a union of several.
        response_type: the type of a success: ``str`` is the text of the body, ``bytes`` the body itself, and any other
            type is read from JSON.
        idempotent: whether sending it twice does what sending it once does.
        in_body: whether the fields that are not in the path go into a JSON body, not into the query.
        request_types: the structs that a request can be.
        path_parts: the template, taken apart.
        has_body: whether there is a field that goes into a body.
        accept: the media type that is asked for.
        empty: what an empty body is read as.
    """

    def __init__(
        self,
        *,
        id: str,
        name: str,
        method: HttpMethod,
        path: str,
        request_type: type[msgspec.Struct] | UnionType,
        response_type: type[Ok_co],
        idempotent: bool,
        in_body: bool,
    ) -> None:
        self.id = id
        self.name = name
        self.method = method
        self.path = path
        self.request_type = request_type
        self.response_type = response_type
        self.idempotent = idempotent
        self.in_body = in_body
        self.request_types: tuple[type[msgspec.Struct], ...] = types_of_request(request_type)
        self.path_parts: list[tuple[str, str]] = _parts(path)
        in_path = {name for name, _ in self.path_parts}
        fields = [kind.__struct_encode_fields__ for kind in self.request_types]
        if not path.startswith("/") or set(path) & set("?#"):
            raise TypeError(f"the path of an operation begins with / and has no query: {path!r}")
        for missing in in_path.difference([""], *fields):
            raise TypeError(
                f"{path} has {{{missing}}}, and {request_type} no field that is sent as {missing!r} (a Model sends snake_case "
                'as camelCase, and so does a Struct with rename="camel")'
            )
        self.has_body: bool = in_body and not all(map(in_path.issuperset, fields))
        self.is_json: bool = response_type not in (str, bytes)
        self.accept: bytes = b"application/json" if self.is_json else b"*/*"
        self.empty: bytes = _empty(response_type) if self.is_json else b""
        self._decode: Callable[[bytes], Ok_co] | None = None

    def load(self) -> None:
        """Raises a `TypeError` if nothing can be read as the type that was declared; before anything is sent."""
        _ = self.decode

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_decode": None}  # msgspec's decoders can't be pickled

    @property
    def decode(self) -> Callable[[bytes], Ok_co]:
        """Reads a body. It is made when first used; threads that race each make one."""
        if self._decode is None:
            self._decode = _decode(self.response_type)
        return self._decode


def _decode(kind: type[Ok_co]) -> Callable[[bytes], Ok_co]:
    if kind is bytes:
        return cast("Callable[[bytes], Ok_co]", bytes)
    if kind is str:
        return cast("Callable[[bytes], Ok_co]", bytes.decode)
    return msgspec.json.Decoder(kind).decode


def _empty(kind: Any) -> bytes:
    """What stands for an empty body in JSON."""
    kind = get_origin(kind) or kind
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return ACKNOWLEDGED if "success" in kind.__struct_encode_fields__ else b"{}"
    return b"{}" if kind is dict else b"null"


def _parts(path: str) -> list[tuple[str, str]]:
    """The template as pairs of a name and the literal text behind it; the first name is empty."""
    first, *rest = path.split("{")
    pairs = [part.partition("}") for part in rest]
    return [("", first), *((name, literal) for name, _, literal in pairs)]
