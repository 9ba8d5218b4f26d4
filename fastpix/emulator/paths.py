"""The paths of a local FastPix: of the API, of its control surface, and of uploads."""

from fastpix.emulator.playback.host import is_decoded

__all__ = ["API_PATH", "CONTROL_PATH", "is_control", "is_slow", "is_upload"]

API_PATH = "/v1"
CONTROL_PATH = "/_emulator/"
UPLOADS_PATH = "/_uploads/"


def is_control(path: str) -> bool:
    """Return whether a path is below ``/_emulator/``."""
    return f"{path.removeprefix(API_PATH)}/".startswith(CONTROL_PATH)


def is_slow(path: str) -> bool:
    """Return whether a request for a path takes a while: it decodes video, or asks a new webhook whether it answers."""
    return is_decoded(path) or path.removeprefix(API_PATH) == f"{CONTROL_PATH}webhooks"


def is_upload(path: str) -> bool:
    """Return whether a path is that of the URL of an upload. The pages of all sites may use it."""
    return path.startswith(UPLOADS_PATH)
