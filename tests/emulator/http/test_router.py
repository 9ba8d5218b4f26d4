import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix._call.endpoint import Endpoint
from fastpix.emulator.http.router import Router
from fastpix.emulator.service import ROUTER
from tests.operations import OPERATIONS

ENDPOINTS: list[Endpoint[Any]] = [operation.endpoint for operation in OPERATIONS.values()]


def filled(endpoint: Endpoint[Any], value: str) -> str:
    return re.sub(r"\{\w+\}", value, endpoint.path)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_each_operation_is_found_by_its_path(endpoint: Endpoint[Any]) -> None:
    names = re.findall(r"\{(\w+)\}", endpoint.path)
    assert ROUTER.match(endpoint.method, filled(endpoint, "a%20b")) == (endpoint, dict.fromkeys(names, "a b"))


def test_a_path_with_a_literal_text_comes_before_one_with_a_field() -> None:
    found = ROUTER.match("GET", "/on-demand/playlists")
    assert found is not None
    assert found[0].id == "get-all-playlists"


@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]), st.text("/abc{}on-demlivrs%", max_size=40)
)
def test_the_router_finds_what_a_search_one_by_one_finds(method: str, path: str) -> None:
    def matches(endpoint: Endpoint[Any]) -> bool:
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(endpoint.path))
        return endpoint.method == method and re.fullmatch(pattern, path) is not None

    found = ROUTER.match(method, path)
    assert (found is not None) == any(map(matches, ENDPOINTS))
    assert found is None or matches(found[0])


def test_a_router_without_endpoints_finds_nothing() -> None:
    assert Router([]).match("GET", "/") is None


def test_there_is_one_compiled_pattern_for_each_method() -> None:
    router = Router(ENDPOINTS)
    patterns = router._patterns  # pyright: ignore[reportPrivateUsage]
    assert patterns == {}
    for endpoint in (*ENDPOINTS, *ENDPOINTS):
        router.match(endpoint.method, endpoint.path)
    assert patterns.keys() == {endpoint.method for endpoint in ENDPOINTS}
    assert sum(len(endpoints) for _, endpoints in patterns.values()) == len(ENDPOINTS)


def test_the_methods_of_a_path_are_told() -> None:
    assert Router(ENDPOINTS).methods("/on-demand/a") == ["DELETE", "GET", "PATCH"]
    assert Router(ENDPOINTS).methods("/nothing") == []
