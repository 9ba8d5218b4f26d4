"""The proxy that the environment names for a host, in the forms that curl, requests and httpx accept.

The variables are ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in lower or upper case. The name in
lower case takes precedence. If no variable is set, the settings of macOS and Windows apply.

``NO_PROXY`` is a list of hosts that are reached directly, separated by commas or blanks:

* ``*`` means every host.
* A name means that host and all names under it, with or without a leading ``.`` or ``*.``.
* An IP address means that address. An IPv6 address may be in brackets.
* A network such as ``10.0.0.0/8`` means all addresses in it.
* Each entry may have a port after it and a scheme before it. An IPv6 address with a port must be in brackets.
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
    """Return the proxy for a host, or ``None`` if the host is reached directly.

    Raises:
        ConfigurationError: The proxy cannot be used.
    """
    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(host) or is_exempt(proxies.get("no", ""), scheme, host, port):
        return None
    url = address if "://" in address else f"http://{address}"
    kind = url.partition("://")[0].lower()
    if kind not in SPOKEN_TO and re.fullmatch(SCHEME, kind):
        told = f"the proxy that the environment names must be an http:// or https:// url, not {kind}://"
        raise ConfigurationError(f"{told}; for another kind of proxy, pass a client such as httpx.Client(proxy=...)")
    try:
        return Proxy(url)
    except Exception:  # its text may contain a password
        raise ConfigurationError(
            "the proxy that the environment names must be a valid http:// or https:// url"
        ) from None


def is_exempt(no_proxy: str, scheme: str, host: str, port: int) -> bool:
    """Return whether ``NO_PROXY`` names a host."""
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
    except ValueError:  # the host or the entry is a name
        name = named.removeprefix("*").removeprefix(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))
