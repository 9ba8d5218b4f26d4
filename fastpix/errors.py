"""Everything a call can fail with: one closed tree, drawn here.

    FastpixError                    root: `except FastpixError` catches them all
    ├── RequestValidationError      yours: a field of the request is not acceptable; nothing was sent
    ├── ConfigurationError          yours: credentials, server url, proxy, certificates, a closed core
    ├── TransportError              the wire
    │   ├── ConnectionFailedError   no connection, or it broke
    │   └── TimedOutError           a time limit ended the call
    ├── ApiError                    the server said no (this class itself: any other status)
    │   ├── BadRequestError         400
    │   ├── UnauthorizedError       401
    │   ├── ForbiddenError          403
    │   ├── NotFoundError           404
    │   ├── ConflictError           409
    │   ├── UnprocessableError      422
    │   ├── RateLimitedError        429
    │   └── ServerError             5xx
    ├── ResponseValidationError     the server answered something that can't be read
    └── UnexpectedClientError       a hook, a credentials callable or a client of yours raised

`Err` is the union of the kinds, so that a `match` over a `Failure` can be exhaustive. Errors hold no
secret, and can be pickled.
"""

from typing import NamedTuple, TypeAlias

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
]


class FastpixError(Exception):
    """The root of every error. It is never used itself, only its leaves are.

    Attributes:
        message: what went wrong, in a sentence.
        function: the name of the function that was called, such as ``live_streams_list``.
        operation_id: the API's id of the operation, such as ``get-all-streams``.
        attempts: how many attempts were made to send the request; 0 if it did not come to that.
        may_have_been_applied: whether the server may have carried the request out all the same,
            because an answer was lost or says nothing of it. Always ``False`` for a GET.
        request_id: the answer's ``X-Request-Id``, if there was an answer and it had one.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.function = ""
        self.operation_id = ""
        self.attempts = 0
        self.may_have_been_applied = False
        self.request_id: str | None = None

    def __str__(self) -> str:
        """What went wrong, and where: ``live_streams_get: 404: no such stream (request id a1)``.

        In ASCII, as a program that tells of an error must not fail at it: other characters are escaped.
        """
        doubt = "the request may have been applied" if self.may_have_been_applied else None
        notes = "; ".join(filter(None, [self.request_id and f"request id {self.request_id}", doubt]))
        return _in_ascii(": ".join(filter(None, [self.function, *self._facts()])) + (f" ({notes})" if notes else ""))

    def __repr__(self) -> str:
        return _in_ascii(super().__repr__())

    def _facts(self) -> list[str | None]:
        return [self.message]


class RequestValidationError(FastpixError):
    """A value of the request is not acceptable. Nothing was sent.

    Attributes:
        field: where it is, in the names of this library: ``input_media_settings.reconnect_window``.
        allowed: what is allowed there, such as ``an int from 1 to 50``.
        given: what was given, shortened.
    """

    __match_args__ = ("field", "allowed", "given")

    def __init__(self, message: str, *, field: str = "", allowed: str = "", given: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.allowed = allowed
        self.given = given


class ConfigurationError(FastpixError):
    """What only you can mend keeps a call from the server. It is not sent again.

    Credentials are missing; the server url, an option, SSL_CERT_FILE, the proxy or a hook's url can't be used; a certificate is
    not trusted; the proxy wants another password; or the core is closed.
    """


class TransportError(FastpixError):
    """The request or its answer did not get through. See ``may_have_been_applied``."""


class ConnectionFailedError(TransportError):
    """No connection came about, or it broke before the whole answer was there."""


class TimedOutError(TransportError):
    """A time limit ended the call: the connection's, an attempt's or that of the whole call."""


class FieldError(NamedTuple):
    """One refused field of a 422 answer, in the API's own name."""

    field: str
    message: str


class ApiError(FastpixError):
    """The server answered, and the answer is no.

    Attributes:
        status: the HTTP status; the ``code`` of the API's error object repeats it.
        code: that ``code``, if the answer had one.
        description: the longer text, if the answer had one. Of a 404 that does not name what is missing, the library's
            guess at what it means.
        fields: the refused fields of a 422.
        retry_after: seconds the server asks to wait, if it does.
    """

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
    """400: the request can't be carried out as it is, or in the present state."""


class UnauthorizedError(ApiError):
    """401: the credentials are wrong."""


class ForbiddenError(ApiError):
    """403: the credentials are right but don't permit this."""


class NotFoundError(ApiError):
    """404: there is no such thing in this workspace."""


class ConflictError(ApiError):
    """409: it exists already."""


class UnprocessableError(ApiError):
    """422: a value is not valid; ``fields`` names it."""


class RateLimitedError(ApiError):
    """429: too many requests; nothing was applied."""


class ServerError(ApiError):
    """5xx: the server failed."""


class ResponseValidationError(FastpixError):
    """The answer is not what the API documents, so it can't be read without loss.

    Attributes:
        path: the JSON path of the first wrong place, such as ``$.data[0].streamId``.
        status: the HTTP status.
        excerpt: the start of the body, its text values masked.
    """

    __match_args__ = ("path", "message")

    def __init__(
        self, message: str, *, path: str = "$", status: int = 0, excerpt: str = "", request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.path = path
        self.status = status
        self.excerpt = excerpt


class UnexpectedClientError(FastpixError):
    """Code of yours raised: a hook, a credentials callable or your own client. See ``__cause__``."""


Err: TypeAlias = (
    RequestValidationError
    | ConfigurationError
    | ConnectionFailedError
    | TimedOutError
    | ApiError
    | ResponseValidationError
    | UnexpectedClientError
)
"""The closed union: one of these is in each ``Failure``."""


def _in_ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
