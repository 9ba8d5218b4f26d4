"""`UploadControl`: pauses and cancels an upload from another thread or task."""

__all__ = ["UploadControl"]


class UploadControl:
    """Pauses, resumes and cancels an upload. Pass it to the upload, and call its methods from any thread or task.

    It takes effect when the next 64 KiB are sent, or when the server answers. Use one for each upload, or one for
    several uploads that belong together.
    """

    def __init__(self) -> None:
        self._is_paused = False
        self._is_cancelled = False

    @property
    def is_paused(self) -> bool:
        """Whether the upload is paused."""
        return self._is_paused

    @property
    def is_cancelled(self) -> bool:
        """Whether the upload is cancelled."""
        return self._is_cancelled

    def pause(self) -> None:
        """Stop sending until `resume` is called. Bytes that the server has stay there, until the upload expires."""
        self._is_paused = True

    def resume(self) -> None:
        """Go on after a pause. The upload asks the server what it has, and sends the rest."""
        self._is_paused = False

    def cancel(self) -> None:
        """End the upload for good. It fails with an `UploadFailedError`, and FastPix drops what it has of the file."""
        self._is_cancelled = True
