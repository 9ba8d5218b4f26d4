"""`UploadSession`: an upload that FastPix waits for, and the state file with which another process can go on with it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from fastpix._call.redaction import Redacted, shown
from fastpix.api.common import Secret
from fastpix.errors import ConfigurationError, RequestValidationError, UploadFailedError
from fastpix.uploads.sources import Fingerprint

__all__ = ["SavedUpload", "StateFile", "UploadSession", "check_session", "check_unchanged"]

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

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def at(cls, given: str | os.PathLike[str]) -> Self:
        """Return the state file at a path that the user gave.

        Raises:
            ConfigurationError: It is no path.
        """
        try:
            return cls(Path(given))
        except TypeError:
            raise ConfigurationError(f"state_file must be a path, not {shown(given)}") from None

    def read(self) -> SavedUpload | None:
        """Return what the file has, or ``None`` if it does not exist.

        Raises:
            ConfigurationError: It cannot be read, or is no state file.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            raise self._unusable(str(problem)) from None
        saved = _decoded(content)
        del content  # a traceback may show the values of a frame's variables
        if saved is None:
            raise self._unusable("it is not the state of an upload")
        if saved.format != FORMAT:
            raise self._unusable(f"it has format {saved.format}, and this version reads format {FORMAT}")
        return saved

    def write(self, session: UploadSession, source: Fingerprint) -> None:
        """Write the state of an upload. The file is complete, or is not there.

        Raises:
            ConfigurationError: It cannot be written.
        """
        from tempfile import mkstemp

        unfinished = ""
        try:
            number, unfinished = mkstemp(".new", f"{self._path.name}.", self._path.parent)  # only for the owner
            os.close(number)
            Path(unfinished).write_bytes(msgspec.json.encode(SavedUpload(FORMAT, session, source)))
            Path(unfinished).replace(self._path)
        except (OSError, ValueError) as problem:
            with suppress(OSError):
                Path(unfinished).unlink()
            raise self._unusable(str(problem)) from None

    def remove(self) -> None:
        """Remove the file, if it is there."""
        with suppress(OSError):
            self._path.unlink()

    def _unusable(self, why: str) -> ConfigurationError:
        return ConfigurationError(f"the state file {str(self._path)!r} cannot be used: {why}")


def _decoded(content: bytes) -> SavedUpload | None:
    with suppress(msgspec.MsgspecError, RecursionError, ValueError):
        return msgspec.json.decode(content, type=SavedUpload)
    return None


def check_session(given: object) -> None:
    """Check that the user gave a session.

    Raises:
        RequestValidationError: It is something else.
    """
    if not isinstance(given, UploadSession):
        allowed, instead = "an UploadSession", type(given).__name__
        told = f"session must be {allowed}, not {instead}"
        raise RequestValidationError(told, field="session", allowed=allowed, given=instead)


def check_unchanged(saved: Fingerprint, now: Fingerprint) -> None:
    """Check that a source is the one that the upload began with.

    Raises:
        UploadFailedError: It has changed.
    """
    for name, what in (("size", "size"), ("modified", "time of change"), ("ends", "content")):
        then, present = getattr(saved, name), getattr(now, name)
        if then != present:
            told = f"the {what} of the source has changed since the upload began: it was {then}, and is {present}"
            told += "; remove the state file to begin another upload"
            raise UploadFailedError(told, reason="source")
