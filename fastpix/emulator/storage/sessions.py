"""What a request to the URL of an upload means, as in the resumable sessions of Google Cloud Storage."""

import re
import secrets

import httpx
from msgspec.structs import asdict, replace

from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.uploads import UploadedFile, close, complete
from fastpix.emulator.storage.answers import cancelled, incomplete, opened, stored
from fastpix.emulator.storage.content_range import BLOCK, ContentRange, Part, Query, is_possible, read_content_range
from fastpix.emulator.storage.files import StoredFile, Writer
from fastpix.emulator.storage.probe import Probed
from fastpix.emulator.workspace import Workspace

__all__ = ["abort", "carry_out", "check_secret", "find_file", "finish"]

PATH = re.compile("/_uploads/([^/]+)/([^/]+)")
OVER = "The upload is over, or another session has begun."


def find_file(workspace: Workspace, request: httpx.Request) -> UploadedFile:
    """Return the file of the upload that the URL of a request names.

    Raises:
        RefusedError: There is no such upload (404).
    """
    found = PATH.fullmatch(request.url.path)
    file = workspace.documents.get(UploadedFile, found[2]) if found and found[1] == workspace.id else None
    if file is None:
        raise RefusedError(404, "There is no such upload.")
    return file


def check_secret(file: UploadedFile, request: httpx.Request) -> None:
    """Check that a URL has the secret of a session, or the one that opens sessions.

    Raises:
        RefusedError: It has none of them (403).
    """
    session, signature = _secrets(request)
    known = [file.session, *file.former] if session else [file.signature]
    if not any(secret and secrets.compare_digest(secret.encode(), (session or signature).encode()) for secret in known):
        raise RefusedError(403, "The URL has a wrong secret.")


def carry_out(workspace: Workspace, request: httpx.Request, file: UploadedFile) -> httpx.Response | Writer:
    """Return the response to a request, or what writes its body to the file.

    Raises:
        RefusedError: The session is over (410), or the request is not one that it takes (400, 403, 405 or 411).
    """
    session, _ = _secrets(request)
    if file.status in ("cancelled", "expired") or session in file.former:
        raise RefusedError(410, OVER)
    if not session:
        return _open(workspace, request, file)
    if request.method == "DELETE" and file.status == "waiting":
        close(workspace, file.upload_id, "cancelled")
        return cancelled()
    if request.method != "PUT":
        raise RefusedError(405, "A session takes PUT.")
    return _put(workspace, request, file)


def _open(workspace: Workspace, request: httpx.Request, file: UploadedFile) -> httpx.Response:
    """Open a session. An earlier one of the upload is over."""
    if request.method != "POST":
        raise RefusedError(403, "The URL opens sessions with POST.")
    if request.headers.get("x-goog-resumable") != "start":
        raise RefusedError(400, "The request lacks the header x-goog-resumable: start.")
    if file.status == "complete":
        raise RefusedError(410, OVER)
    former = [*file.former, *([file.session] if file.session else [])]
    session = secrets.token_urlsafe(32)
    workspace.files.discard(file.upload_id)
    new = replace(file, session=session, former=former, received=0, total=None)
    workspace.documents.put(file.upload_id, new)
    return opened(f"{workspace.origin}{request.url.raw_path.decode()}&upload_id={session}")


def _put(workspace: Workspace, request: httpx.Request, file: UploadedFile) -> httpx.Response | Writer:
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or "transfer-encoding" in request.headers:
        raise RefusedError(411, "The request has no Content-Length.")
    if file.status == "complete":
        return stored(file)
    wanted = _range(request.headers.get("content-range"), int(length))
    _check_total(file, wanted.total)
    if isinstance(wanted, Query):
        return _arrived(workspace, file)
    part = Part(wanted.first, wanted.last, file.total if wanted.total is None else wanted.total)
    on_disk = _opened(workspace, file)
    with on_disk.lock:
        _check_part(part, on_disk.size)
        workspace.documents.put(file.upload_id, replace(file, total=part.total, received=on_disk.size))
        return Writer(on_disk, part)


def _range(given: str | None, length: int) -> ContentRange:
    """Return what a request asks, or the part that it brings. Without Content-Range, that is the whole file.

    Raises:
        RefusedError: The header is not valid, or does not fit the length of the body (400).
    """
    found = Part(0, length - 1, length) if given is None and length else read_content_range(given or "")
    if found is None:
        raise RefusedError(400, "The Content-Range is not valid.")
    if length != (found.length if isinstance(found, Part) else 0):
        raise RefusedError(400, "The Content-Length does not fit the Content-Range.")
    return found


def _check_total(file: UploadedFile, total: int | None) -> None:
    if file.total and total and file.total != total:
        raise RefusedError(400, f"The file was said to have {file.total} bytes.")


def _check_part(part: Part, size: int) -> None:
    if part.first > size:
        raise RefusedError(400, f"The file has {size} bytes so far, so there would be a gap.")
    if part.total is not None and not max(part.last + 1, size) <= part.total:
        raise RefusedError(400, f"The file has more than {part.total} bytes.")
    if not is_possible(part):
        raise RefusedError(400, f"All parts but the last one must be a multiple of {BLOCK} bytes.")


def finish(workspace: Workspace, writer: Writer, found: Probed | None) -> httpx.Response:
    """Return the response to a request whose body has been written. The last part turns the upload into a media.

    Args:
        workspace: The workspace.
        writer: What has written the body.
        found: What the file holds, if it is complete and could be read.

    Raises:
        RefusedError: The session was over before the whole body was there (410).
    """
    on_disk, file = writer.file, _file_of(workspace, writer)
    if file is None:
        raise RefusedError(410, OVER)
    if file.status in ("cancelled", "expired"):
        workspace.files.discard(file.upload_id)
        raise RefusedError(410, OVER)
    if file.status == "complete":
        return stored(file)
    with on_disk.lock:
        if not (writer.is_last and writer.is_whole and writer.part.is_final):
            return _arrived(workspace, file)
        writer.finish()
        whole = replace(file, received=on_disk.size, **asdict(on_disk.digests()))
        complete(workspace, whole, found)
        workspace.files.release(file.upload_id)
        return stored(whole)


def abort(workspace: Workspace, writer: Writer) -> None:
    """Remember what arrived before the connection broke."""
    file = _file_of(workspace, writer)
    if file is not None and file.status == "waiting":
        _arrived(workspace, file)


def _file_of(workspace: Workspace, writer: Writer) -> UploadedFile | None:
    """Return the file that a writer writes. ``None`` if it is gone, or another session has begun."""
    file = workspace.documents.get(UploadedFile, writer.file.upload_id)
    return file if file is not None and file.session == writer.file.session else None


def _arrived(workspace: Workspace, file: UploadedFile) -> httpx.Response:
    """Return the response that says which bytes have arrived, and remember them."""
    received = _opened(workspace, file).size
    workspace.documents.put(file.upload_id, replace(file, received=received))
    return incomplete(received)


def _opened(workspace: Workspace, file: UploadedFile) -> StoredFile:
    return workspace.files.open(file.upload_id, file.session, file.received)


def _secrets(request: httpx.Request) -> tuple[str, str]:
    """Return the secret of a session and the one that opens sessions, as a URL has them."""
    return request.url.params.get("upload_id", ""), request.url.params.get("X-Goog-Signature", "")
