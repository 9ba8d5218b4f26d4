"""Checks that the server has the bytes that were sent: by their number, and by the checksums that it gives back."""

from binascii import b2a_base64
from collections.abc import Callable, Collection
from typing import Protocol

from fastpix._call.messages import Headers

__all__ = ["Checksums", "fastest", "known", "stored_checksums"]


class _Hash(Protocol):
    def update(self, data: bytes, /) -> object: ...
    def digest(self) -> bytes: ...


class Checksums:
    """The checksums of a source, over its bytes in their order.

    Attributes:
        names: The names of the checksums.
        position: The number of bytes that are in the checksums.

    Args:
        names: The names of the checksums, of those that `known` returns.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._hashes = {name: make() for name, make in known().items() if name in names}
        self.names: Collection[str] = self._hashes.keys()
        self.position: int = 0

    def add(self, start: int, data: memoryview) -> None:
        """Add bytes. Those that are there already are left out, and so are those after a gap.

        Args:
            start: The position of the bytes in the source.
            data: The bytes.
        """
        if not start <= self.position < start + len(data):
            return
        new = bytes(data[self.position - start :])
        for each in self._hashes.values():
            each.update(new)
        self.position += len(new)

    def values(self) -> dict[str, str]:
        """Return the checksums by name, in base64."""
        return {name: b2a_base64(each.digest(), newline=False).decode() for name, each in self._hashes.items()}


def known() -> dict[str, Callable[[], _Hash]]:
    """Return the checksums that can be calculated, the fastest first.

    CRC32C needs the package ``google-crc32c``, which the extra ``crc32c`` brings. It is many times faster than MD5.
    """
    from hashlib import md5

    try:
        from google_crc32c import Checksum
    except ImportError:
        return {"md5": md5}
    return {"crc32c": Checksum, "md5": md5}


def fastest() -> list[str]:
    """Return the name of the fastest checksum that can be calculated, as a list of one."""
    return [*known()][:1]


def stored_checksums(headers: Headers) -> dict[str, str]:
    """Return the checksums that a server names in ``x-goog-hash``, by name, in base64."""
    pairs = [
        pair.strip().partition("=")
        for name, value in headers
        if name.lower() == b"x-goog-hash"
        for pair in value.decode("latin-1").split(",")
    ]
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value.strip()}
