"""The router: one pattern for each HTTP method, compiled when the method is first used."""

import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import unquote

from fastpix._call.endpoint import Endpoint

__all__ = ["Router"]


class Router:
    """Finds the endpoint of a method and a path.

    Args:
        endpoints: All endpoints. Where two match a path, the one with the literal text is found.
    """

    def __init__(self, endpoints: Iterable[Endpoint[object]]) -> None:
        by_method: defaultdict[str, list[Endpoint[object]]] = defaultdict(list)
        for endpoint in sorted(endpoints, key=lambda endpoint: endpoint.path.replace("{", "\uffff")):
            by_method[endpoint.method].append(endpoint)
        self._endpoints = dict(by_method)
        self._patterns: dict[str, tuple[re.Pattern[str], dict[int, Endpoint[object]]]] = {}

    def match(self, method: str, raw_path: str) -> tuple[Endpoint[object], dict[str, str]] | None:
        """Return the endpoint, and the fields in the path, unquoted. ``None`` if there is no such endpoint."""
        if method not in self._endpoints:
            return None
        if method not in self._patterns:
            of_method = self._endpoints[method]
            self._patterns[method] = re.compile("|".join(map(_pattern, of_method))), _by_last_group(of_method)
        pattern, endpoints = self._patterns[method]
        found = pattern.fullmatch(raw_path)
        if found is None or found.lastindex is None:
            return None
        endpoint = endpoints[found.lastindex]
        names = [name for name, _ in endpoint.path_parts if name]
        values = found.groups()[found.lastindex - 1 - len(names) : found.lastindex - 1]
        return endpoint, dict(zip(names, map(unquote, values), strict=True))

    def methods(self, raw_path: str) -> list[str]:
        """Return the methods that a path has, in alphabetical order."""
        return sorted(method for method in self._endpoints if self.match(method, raw_path))


def _pattern(endpoint: Endpoint[object]) -> str:
    """Return a pattern with a group for each field in the path, and an empty group at the end."""
    return "".join(("([^/]+)" if name else "") + re.escape(text) for name, text in endpoint.path_parts) + "()"


def _by_last_group(endpoints: list[Endpoint[object]]) -> dict[int, Endpoint[object]]:
    """Return the endpoints by the number of the last group in their part of the pattern."""
    found: dict[int, Endpoint[object]] = {}
    last = 0
    for endpoint in endpoints:
        last += len(endpoint.path_parts)
        found[last] = endpoint
    return found
