"""The errors of calls. They are one closed tree:

    FastpixError                    root: `except FastpixError` catches every error
    ├── RequestValidationError      caller: a value in the request is not valid; nothing was sent
    ├── ConfigurationError          caller: credentials, server URL, proxy, certificates, a closed core
    ├── TransportError              network: the request or the response did not get through
    │   ├── ConnectionFailedError   no connection, or the connection broke
    │   └── TimedOutError           a time limit ended the call
    ├── ApiError                    server: it rejected the request (ApiError itself has any other status)
    │   ├── BadRequestError         400
    │   ├── UnauthorizedError       401
    │   ├── ForbiddenError          403
    │   ├── NotFoundError           404
    │   ├── ConflictError           409
    │   ├── UnprocessableError      422
    │   ├── RateLimitedError        429
    │   └── ServerError             5xx
    ├── ResponseValidationError     server: the response can't be read
    ├── WaitFailedError             server: what `until` waits for cannot happen any more
    ├── UploadFailedError           caller or server: an upload cannot go on
    ├── JournalError                caller: an item is in doubt, or a journal cannot be used
    ├── UnexpectedClientError       caller: a hook, a credentials function or a client of yours raised
    └── WebhookError                caller or sender: a webhook can't be read

`Err` is the union of the classes that a `Failure` of a call can hold, so a ``match`` over an error can be exhaustive.
It has all classes but `WebhookError`, which `fastpix.webhooks.read` alone returns. Errors contain no secrets. They can
be pickled; the copy has no ``__cause__``.
"""

from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "ApiError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Err",
    "FastpixError",
    "FieldError",
    "ForbiddenError",
    "JournalError",
    "NotFoundError",
    "RateLimitedError",
    "RequestValidationError",
    "ResponseValidationError",
    "ServerError",
    "TimedOutError",
    "TransportError",
    "UnauthorizedError",
    "UnexpectedClientError",
    "UnprocessableError",
    "UploadFailedError",
    "WaitFailedError",
    "WebhookError",
]


class FastpixError(Exception):
    """The base class of all errors. Each error is an instance of a subclass."""

    message: str
    """What went wrong, without the name of the function."""
    function: str
    """The name of the called function, such as ``live_streams_list``. Empty if a core could not be made."""
    operation_id: str
    """The API's id of the operation, such as ``get-all-streams``. Empty if a core could not be made."""
    attempts: int
    """The number of attempts that were made. 0 if no attempt was made, or if an ``around_call`` hook raised."""
    may_have_been_applied: bool
    """Whether the server may have carried out the request although the call failed: a response was lost, or does not
    say whether it did.

    Earlier attempts of the call count, too. Always ``False`` for a GET.
    """
    request_id: str | None
    """The ``X-Request-Id`` of the response. ``None`` if there was no response, or none with that header."""
    page: int | None
    """The number of the page that `pages` or `each` could not read. As ``offset``, it is where to go on. Else ``None``."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.function = ""
        self.operation_id = ""
        self.attempts = 0
        self.may_have_been_applied = False
        self.request_id = None
        self.page = None

    def __str__(self) -> str:
        """Return the function, the message and notes: ``live_streams_get: 404: no such stream (request id a1)``.

        Characters outside ASCII are escaped, so that any terminal or log can print the text.
        """
        doubt = "an attempt may have been applied" if self.may_have_been_applied else None
        notes = "; ".join(filter(None, [self.request_id and f"request id {self.request_id}", doubt]))
        return _in_ascii(": ".join(filter(None, [self.function, *self._facts()])) + (f" ({notes})" if notes else ""))

    def __repr__(self) -> str:
        return _in_ascii(super().__repr__())

    def _facts(self) -> list[str | None]:
        return [self.message]


class RequestValidationError(FastpixError):
    """A value in the request is not valid. Nothing was sent."""

    field: str
    """The path to the value in Python names, such as ``input_media_settings.reconnect_window``."""
    allowed: str
    """What is allowed there, such as ``an int from 1 to 50``."""
    given: str
    """The ``repr`` of the given value, or a description of it.

    Long values are shortened, secrets are masked. Empty if a header is not valid.
    """

    __match_args__ = ("field", "allowed", "given")

    def __init__(self, message: str, *, field: str = "", allowed: str = "", given: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.allowed = allowed
        self.given = given


class ConfigurationError(FastpixError):
    """Something that only you can correct keeps a call from reaching the server. The call is not retried.

    The possible reasons are:

    * Credentials are missing or not valid.
    * A setting of the core or an option of the call is not valid, such as ``server_url``.
    * A ``before_request`` hook left a URL that is not http or https.
    * The file in ``SSL_CERT_FILE`` can't be read, or a certificate is not trusted.
    * A proxy can't be used, or it needs a username and password that it was not given.
    * The core is closed.

    `FastpixCore` and `AsyncFastpixCore` raise it when they are made with an argument that is not valid.
    """


class TransportError(FastpixError):
    """The request or its response did not get through.

    ``may_have_been_applied`` says whether the server may have carried out the request.
    """


class ConnectionFailedError(TransportError):
    """No connection could be made, or the connection broke before the whole response arrived."""


class TimedOutError(TransportError):
    """A time limit ended the call: a limit of `fastpix.Timeout`, or a limit of a client of yours."""

    value: object
    """The last response that `until` saw. ``None`` if it saw none, and for any other call."""

    def __init__(self, message: str, *, value: object = None) -> None:
        super().__init__(message)
        self.value = value


class FieldError(NamedTuple):
    """A field that the API rejected, usually with status 422."""

    field: str
    """The name of the field in the API's spelling, at most 200 characters. Empty if the response has none."""
    message: str
    """The API's reason, at most 200 characters. Empty if the response has none."""


class ApiError(FastpixError):
    """The server rejected the request.

    The status is not 2xx, or the body of a 2xx response says ``"success": false``. ``message`` is the API's
    message, or the standard phrase of the status if the response has no message.
    """

    status: int
    """The HTTP status."""
    code: int | None
    """The ``code`` in the API's error object, which usually repeats the status. ``None`` if there is none."""
    description: str | None
    """The longer text in the API's error object.

    ``None`` if there is none. For a 404 that does not say what was not found, the library gives a possible reason
    here.
    """
    fields: tuple[FieldError, ...]
    """The fields that the API rejected, at most 100. Usually only a 422 has some."""
    retry_after: float | None
    """The seconds to wait from the ``Retry-After`` header. ``None`` if there is no such header."""

    __match_args__ = ("status", "message")

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: int | None = None,
        description: str | None = None,
        fields: tuple[FieldError, ...] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.description = description
        self.fields = fields
        self.request_id = request_id
        self.retry_after = retry_after

    def _facts(self) -> list[str | None]:
        fields = ", ".join(f"{field.field} {field.message}" for field in self.fields)
        return [str(self.status), self.message, self.description, fields]


class BadRequestError(ApiError):
    """400: the request is malformed, or not possible in the present state of the resource."""


class UnauthorizedError(ApiError):
    """401: the credentials are wrong or missing."""


class ForbiddenError(ApiError):
    """403: the credentials are valid but do not permit this operation."""


class NotFoundError(ApiError):
    """404: the workspace has no such object, or the server has no such path."""


class ConflictError(ApiError):
    """409: the request conflicts with what exists already."""


class UnprocessableError(ApiError):
    """422: a value in the request is not valid. ``fields`` names the value if the API does."""


class RateLimitedError(ApiError):
    """429: too many requests. The server did not carry out this attempt."""


class ServerError(ApiError):
    """5xx: the server, or a gateway in front of it, failed."""


class ResponseValidationError(FastpixError):
    """A successful response can't be read.

    A required field is missing or has another type than documented. Or the body is not JSON, can't be decompressed,
    is longer than ``max_response_bytes``, or has more than 10,000 deviations. With ``strict``, any deviation is this
    error.
    """

    path: str
    """The JSON path of the first value that can't be read, such as ``$.data[0].streamId``. ``$`` is the whole body."""
    status: int
    """The HTTP status."""
    excerpt: str
    """The start of the body, about 300 characters. Text values are masked. Empty if the body could not be read whole."""

    __match_args__ = ("path", "message")

    def __init__(
        self, message: str, *, path: str = "$", status: int = 0, excerpt: str = "", request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.path = path
        self.status = status
        self.excerpt = excerpt


class WaitFailedError(FastpixError):
    """The test of `until` returned `Failed`: the wait cannot succeed any more."""

    reason: str
    """The reason, in words."""
    value: object
    """The response that the test looked at."""

    __match_args__ = ("reason", "value")

    def __init__(self, message: str, *, reason: str = "", value: object = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.value = value


class UploadFailedError(FastpixError):
    """An upload cannot go on."""

    reason: Literal["gone", "cancelled", "source", "corrupted", "stalled"]
    """The reason.

    * ``gone``: FastPix does not have the upload any more. It has expired, or it was cancelled.
    * ``cancelled``: `UploadControl.cancel` was called.
    * ``source``: The source cannot be read, or it has changed since the upload began.
    * ``corrupted``: FastPix says that it has other bytes than those that were sent. The media exists.
    * ``stalled``: The server stores none of the bytes that it gets.
    """

    __match_args__ = ("reason", "message")

    def __init__(
        self, message: str, *, reason: Literal["gone", "cancelled", "source", "corrupted", "stalled"] = "gone"
    ) -> None:
        super().__init__(message)
        self.reason = reason


class JournalError(FastpixError):
    """A function of `fastpix.journal.once` did not call its operation."""

    reason: Literal["doubt", "unavailable"]
    """The reason.

    * ``doubt``: An earlier attempt may have been applied, and nothing says whether it was.
    * ``unavailable``: The journal cannot be used. Nothing was sent.
    """
    key: str
    """The key of the item in the journal."""

    __match_args__ = ("reason", "key")

    def __init__(self, message: str, *, reason: Literal["doubt", "unavailable"] = "doubt", key: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.key = key


class UnexpectedClientError(FastpixError):
    """Code of yours raised an exception: a hook, a ``credentials`` function, a client, a transport or a type.

    ``__cause__`` is that exception.
    """


class WebhookError(FastpixError):
    """A webhook can't be read, or does not come from FastPix."""

    reason: Literal["body", "size", "secret", "headers", "unsigned", "mismatch", "json"]
    """The reason.

    * ``body``: The body is not ``bytes``. Most often, a framework has parsed it before.
    * ``size``: The body is longer than allowed.
    * ``secret``: There is no signing secret, or it cannot be one.
    * ``headers``: The headers are neither a mapping nor pairs.
    * ``unsigned``: There is no ``FastPix-Signature`` header.
    * ``mismatch``: The signature does not match the body and any of the secrets.
    * ``json``: The signature matches, but the body is not a JSON object.
    """

    __match_args__ = ("reason", "message")

    def __init__(
        self,
        message: str,
        *,
        reason: Literal["body", "size", "secret", "headers", "unsigned", "mismatch", "json"] = "mismatch",
    ) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def status(self) -> int:
        """The HTTP status to respond with.

        500 for ``body``, ``secret`` and ``headers``, which you can correct. FastPix then sends the event again. 413 for
        ``size``, and 400 for the others.
        """
        return _STATUS_OF_REASON.get(self.reason, 400)


_STATUS_OF_REASON = {"body": 500, "secret": 500, "headers": 500, "size": 413}

Err: TypeAlias = (
    RequestValidationError
    | ConfigurationError
    | ConnectionFailedError
    | TimedOutError
    | ApiError
    | ResponseValidationError
    | WaitFailedError
    | UploadFailedError
    | JournalError
    | UnexpectedClientError
)
"""The union of all errors: each ``Failure`` of a call holds one of these."""


def _in_ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
