"""The operations of the API, one module for each resource. Each module has its structs first, then its functions.

Import from the module of a resource, which loads no other resource unless they share a struct:
``from fastpix.api.live_streams import live_streams_list``.

Fields have snake_case names in Python. The API writes them in camelCase: ``playback_ids`` is ``playbackIds`` in JSON, in
the path of a deviation, and in ``dict(response)``.

Every function takes a core, a request and options. A `FastpixCore` makes the call block. An `AsyncFastpixCore` makes the
function return a coroutine. Every function returns a `Reply`: a ``Success`` with the value, or a ``Failure`` with an
error from `fastpix.errors`. Besides the errors that a docstring names, every call can fail with `ConfigurationError`,
`RequestValidationError`, `ConnectionFailedError`, `TimedOutError`, `UnauthorizedError`, `ForbiddenError`,
`RateLimitedError`, `ServerError`, `ApiError`, `ResponseValidationError` and `UnexpectedClientError`.
"""
