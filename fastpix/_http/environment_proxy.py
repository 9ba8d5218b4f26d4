"""The proxy that the environment names for a host, in the forms that curl, requests and httpx know.

``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in either case, lower case first; where none is set, the settings of
macOS and Windows. ``NO_PROXY`` is a list, divided by commas or blanks, of what is reached directly: ``*`` is everything; a name is
that host and all under it, with or without a leading ``.`` or ``*.``; an address may be one of IPv6 in brackets, or a network such
as ``10.0.0.0/8``; each may have a port, and a scheme before it.
"""

import re
from ipaddress import ip_address, ip_network
from urllib.request import getproxies, proxy_bypass

from httpx import Proxy

from fastpix.errors import ConfigurationError

__all__ = ["environment_proxy", "is_exempt"]

SPOKEN_TO = ("http", "https")
SCHEME = r"[a-z][a-z0-9+.-]*"
ENTRY = r"(?i)(?:(?P<scheme>[a-z]+)://)?(?:\[(?P<ipv6>[^\]]*)\]|(?P<bare>[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*(?:/\d+)?)|(?P<name>[^:]*))(?::(?P<port>\d{1,5}))?"


def environment_proxy(scheme: str, host: str, port: int) -> Proxy | None:
    """The proxy for a host, or ``None`` if it is reached directly; a `ConfigurationError` if it is one that can't be used."""
    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(host) or is_exempt(proxies.get("no", ""), scheme, host, port):
        return None
    url = address if "://" in address else f"http://{address}"
    kind = url.partition("://")[0].lower()
    if kind not in SPOKEN_TO and re.fullmatch(SCHEME, kind):
        told = f"the environment names a proxy of {kind}://; only http:// and https:// are spoken to"
        raise ConfigurationError(f"{told}. For another, give client=httpx.Client(proxy=...)")
    try:
        return Proxy(url)
    except Exception:  # whose words may hold a password
        raise ConfigurationError("the proxy that the environment names is not a url of http:// or https://") from None


def is_exempt(no_proxy: str, scheme: str, host: str, port: int) -> bool:
    """Whether ``NO_PROXY`` names a host."""
    return any(_names(entry, scheme, host.removesuffix(".").lower(), port) for entry in re.split(r"[\s,]+", no_proxy))


def _names(entry: str, scheme: str, host: str, port: int) -> bool:
    parts = re.fullmatch(ENTRY, entry)
    if (
        parts is None
        or (parts["scheme"] or scheme).lower() not in (scheme, "all")
        or int(parts["port"] or port) != port
    ):
        return False
    named: str = (parts["ipv6"] or parts["bare"] or parts["name"] or "").lower().removesuffix(".")
    if named == "*":
        return True
    try:
        return ip_address(host) in ip_network(named, strict=False)
    except ValueError:  # one of them is a name
        name = named.removeprefix("*").removeprefix(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))
