"""An operation of the API as data, and the things that are prepared once for each operation."""

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
        id: The API's operationId.
        name: The name of the function.
        method: The HTTP method.
        path: The path template. Each ``{name}`` is a field of the request, in the API's spelling.
        request_type: The struct type of the request, or a union of struct types.
        response_type: The type of the value of a successful response. ``str`` is the body as text, ``bytes`` is the
            body itself, and any other type is decoded from JSON.
        idempotent: Whether sending the request twice has the same effect as sending it once.
        in_body: Whether the fields that are not in the path are sent in a JSON body. Otherwise they are in the query.
        request_types: The struct types that a request can have.
        path_parts: The path template as pairs of a field name and the literal text after it.
        has_body: Whether a request has a body, because a field is sent in it.
        is_json: Whether the body of a response is decoded from JSON.
        accept: The value of the ``Accept`` header.
        empty: The bytes that are decoded in place of an empty body.
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
            raise TypeError(f"the path of an operation must begin with / and contain no ? and no #, not {path!r}")
        for missing in in_path.difference([""], *fields):
            raise TypeError(
                f"the path {path} contains {{{missing}}}, but {request_type} has no field that is sent as {missing!r} "
                '(a Model, or a Struct with rename="camel", sends the field channel_id as channelId)'
            )
        self.has_body: bool = in_body and not all(map(in_path.issuperset, fields))
        self.is_json: bool = response_type not in (str, bytes)
        self.accept: bytes = b"application/json" if self.is_json else b"*/*"
        self.empty: bytes = _empty(response_type) if self.is_json else b""
        self._decode: Callable[[bytes], Ok_co] | None = None

    def load(self) -> None:
        """Create the decoder before anything is sent.

        Raises:
            TypeError: msgspec cannot decode the ``response_type``.
        """
        _ = self.decode

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_decode": None}  # msgspec's decoders cannot be pickled

    @property
    def decode(self) -> Callable[[bytes], Ok_co]:
        """The function that decodes a body. It is created on first use. Threads that race may each create one."""
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
    """Return the JSON that is decoded in place of an empty body."""
    kind = get_origin(kind) or kind
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return ACKNOWLEDGED if "success" in kind.__struct_encode_fields__ else b"{}"
    return b"{}" if kind is dict else b"null"


def _parts(path: str) -> list[tuple[str, str]]:
    """Split a path template into pairs of a field name and the literal text after it. The first name is empty."""
    first, *rest = path.split("{")
    pairs = [part.partition("}") for part in rest]
    return [("", first), *((name, literal) for name, _, literal in pairs)]
