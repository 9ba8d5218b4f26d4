"""The environment variables with which a core finds a local FastPix that listens on a port."""

import msgspec

from fastpix._call.loopback import is_loopback
from fastpix.emulator.paths import API_PATH
from fastpix.emulator.service import Emulator

__all__ = ["Server"]


class Server(msgspec.Struct, frozen=True):
    """A local FastPix that listens on a port."""

    emulator: Emulator
    """The local FastPix."""
    host: str
    """The host of its URL."""
    port: int
    """The port of its URL."""

    @property
    def url(self) -> str:
        """The server URL for a core, such as ``http://127.0.0.1:8080/v1/``."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}{API_PATH}/"

    @property
    def origin(self) -> str:
        """The scheme and host, for the ``origin`` of the URLs in `fastpix.playback`."""
        return self.url.removesuffix(f"{API_PATH}/")

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which ``FastpixCore()`` uses this server.

        A core reads them when it is made. If there are webhooks, their secrets are there for `fastpix.webhooks.read`.
        """
        variables = {
            "FASTPIX_SERVER_URL": self.url,
            "FASTPIX_USERNAME": self.emulator.username,
            "FASTPIX_PASSWORD": self.emulator.password,
        }
        if webhooks := self.emulator.webhooks():
            variables["FASTPIX_WEBHOOK_SECRET"] = ",".join(dict.fromkeys(webhook.secret for webhook in webhooks))
        return variables if is_loopback(self.host) else {**variables, "FASTPIX_ALLOW_HTTP": "1"}
