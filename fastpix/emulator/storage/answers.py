"""The responses from the URL of an upload, in the forms of Google Cloud Storage."""

from base64 import b64encode
from html import escape
from http.client import responses

import httpx

from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.uploads import UploadedFile
from fastpix.emulator.store.documents import StoreBusyError, StoreError

__all__ = ["cancelled", "empty", "incomplete", "opened", "refused", "stored"]

CODES = {
    400: "InvalidArgument",
    403: "AccessDenied",
    404: "NoSuchUpload",
    405: "MethodNotAllowed",
    411: "MissingContentLength",
}
ERROR = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"


def empty(status: int, **headers: str) -> httpx.Response:
    """Return a response without a body."""
    return httpx.Response(status, headers={"content-length": "0"} | {name: headers[name] for name in headers})


def incomplete(received: int) -> httpx.Response:
    """Return the response that says which bytes have arrived."""
    return empty(308, **({"range": f"bytes=0-{received - 1}"} if received else {}))


def stored(file: UploadedFile) -> httpx.Response:
    """Return the response that says what a complete file is."""
    hashes = [f"{name}={_base64(digest)}" for name, digest in (("crc32c", file.crc32c), ("md5", file.md5)) if digest]
    response = empty(200, etag=f'"{file.md5}"')
    response.headers["x-goog-stored-content-length"] = str(file.received)
    response.headers["x-goog-hash"] = ",".join(hashes)
    return response


def opened(url: str) -> httpx.Response:
    """Return the response that has the URL of a new session."""
    return empty(201, location=url)


def cancelled() -> httpx.Response:
    """Return the response to a client that gives up. Its status is one of Google's own."""
    return empty(499)


def refused(problem: RefusedError | StoreError) -> httpx.Response:
    """Return the response for a rejected request, or for a problem with the store."""
    if isinstance(problem, StoreError):
        return refused(RefusedError(503 if isinstance(problem, StoreBusyError) else 500, str(problem)))
    status = problem.status
    code = CODES.get(status) or responses.get(status, "Fault").replace(" ", "")
    text = ERROR.format(code=code, message=escape(problem.description or problem.message))
    headers = {"content-type": "application/xml; charset=UTF-8"} | ({"allow": "PUT"} if status == 405 else {})
    return httpx.Response(status, headers=headers, content=text.encode())


def _base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()
