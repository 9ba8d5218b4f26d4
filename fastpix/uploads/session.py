"""`UploadSession`: an upload that FastPix waits for, and the state file with which another process can go on with it."""

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from fastpix._call.redaction import Redacted
from fastpix.api.common import Secret
from fastpix.errors import ConfigurationError, UploadFailedError
from fastpix.uploads.sources import Fingerprint

__all__ = ["SavedUpload", "StateFile", "UploadSession", "check_unchanged"]

FORMAT = 1


class UploadSession(Redacted, frozen=True):
    """An upload that FastPix waits for. ``msgspec.json.encode`` turns it into JSON, which has the secret URL."""

    upload_id: str
    """The id of the upload, a UUID. It is also the id of the media that FastPix makes of the file."""
    url: Secret
    """The URL that the file is sent to. It is a secret: whoever has it can send the file, without credentials."""
    is_open: bool = True
    """Whether the URL takes the file. Otherwise a POST to it, such as that of FastPix's uploader for browsers, opens it."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("upload_id", self.upload_id), ("url", "..."), ("is_open", self.is_open)]


class SavedUpload(Redacted, frozen=True):
    """What a state file has."""

    format: int
    session: UploadSession
    source: Fingerprint

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("session", self.session), ("source", self.source)]


class StateFile:
    """The file that lets another process go on with an upload. Only its owner can read it: it has the secret URL.

    Args:
        path: The path of the file. It need not exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def read(self) -> SavedUpload | None:
        """Return what the file has, or ``None`` if it does not exist.

        Raises:
            ConfigurationError: It cannot be read, or is no state file.
        """
        try:
            return self._checked(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._unusable(str(problem)) from None

    def _checked(self, content: bytes) -> SavedUpload:
        try:
            saved = msgspec.json.decode(content, type=SavedUpload)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, ValueError):
            raise self._unusable("it is not the state of an upload") from None
        if saved.format != FORMAT:
            raise self._unusable(f"it has format {saved.format}, and this version reads format {FORMAT}")
        return saved

    def write(self, session: UploadSession, source: Fingerprint) -> None:
        """Write the state of an upload. The file is complete, or is not there.

        Raises:
            ConfigurationError: It cannot be written.
        """
        content = msgspec.json.encode(SavedUpload(FORMAT, session, source))
        unfinished = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        try:
            unfinished.touch(0o600)
            unfinished.write_bytes(content)
            unfinished.replace(self._path)
        except OSError as problem:
            with suppress(OSError):
                unfinished.unlink()
            raise self._unusable(str(problem)) from None

    def remove(self) -> None:
        """Remove the file, if it is there."""
        with suppress(OSError):
            self._path.unlink()

    def _unusable(self, why: str) -> ConfigurationError:
        return ConfigurationError(f"the state file {str(self._path)!r} cannot be used: {why}")


def check_unchanged(saved: Fingerprint, now: Fingerprint) -> None:
    """Check that a source is the one that the upload began with.

    Raises:
        UploadFailedError: It has changed.
    """
    for name, what in (("size", "size"), ("modified", "time of change"), ("ends", "content")):
        then, present = getattr(saved, name), getattr(now, name)
        if then != present:
            told = f"the {what} of the source has changed since the upload began: it was {then}, and is {present}"
            raise UploadFailedError(told, reason="source")
