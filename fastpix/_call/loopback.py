"""Recognizes this machine: 127.0.0.0/8 and ::1 (RFC 6890), ``localhost`` and names under it (RFC 6761)."""

import re

__all__ = ["is_localhost", "is_loopback"]

LOCALHOST = r"(?i)(.+\.)?localhost\.?"
IPV4 = r"127(\.(\d\d?|1\d\d|2[0-4]\d|25[0-5])){3}"
IPV6 = b"\0" * 15 + b"\1"


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, so that a request to it does not leave the machine."""
    return is_localhost(host) or re.fullmatch(IPV4, host) is not None or (":" in host and _is_ipv6(host))


def is_localhost(host: str) -> bool:
    """Return whether a host is ``localhost`` or a name under it.

    Such a name must not be looked up in the DNS, which could return the address of another machine.
    """
    return re.fullmatch(LOCALHOST, host) is not None


def _is_ipv6(host: str) -> bool:
    from socket import AF_INET6, inet_pton

    try:
        return inet_pton(AF_INET6, host) == IPV6
    except OSError:
        return False
