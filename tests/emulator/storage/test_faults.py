"""Faults of requests to the URLs of uploads."""

import httpx
import pytest

from fastpix.api.live_streams import live_streams_list
from fastpix.emulator import Emulator, Fault, PlannedFaults
from tests.emulator.storage.acts import (
    BLOCK,
    FILE,
    arrived,
    new_browser_upload,
    new_upload,
    progress,
    put,
    put_part,
    refusal,
)


def test_a_planned_status_stores_nothing(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    emulator.fail("upload", [503, 429, 200, Fault(status=599, retry_after=3)])
    assert refusal(put_part(web, url, 0, BLOCK)) == (503, "ServiceUnavailable")
    assert refusal(put_part(web, url, 0, BLOCK)) == (429, "TooManyRequests")
    assert arrived(web, url) == 0
    refused = put(web, url, None, FILE, {"origin": "https://shop.example"})
    assert (refusal(refused), refused.headers["retry-after"]) == ((599, "Fault"), "3")
    assert refused.headers["access-control-allow-origin"] == "https://shop.example"
    assert arrived(web, url) == 0
    assert emulator.planned_faults() == []


def test_a_reset_stores_nothing_and_a_lost_response_comes_after_the_deed(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    emulator.fail("upload", ["reset", "lost", "lost"])
    with pytest.raises(httpx.TransportError):
        put_part(web, url, 0, BLOCK)
    with pytest.raises(httpx.TransportError):
        put_part(web, url, 0, 2 * BLOCK)
    with pytest.raises(httpx.TransportError):
        put(web, url, None, FILE)
    assert put(web, url, "*/*").status_code == 200


def test_a_reset_that_is_last_leaves_all_as_it_was(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, BLOCK)
    emulator.fail("upload", ["reset"])
    with pytest.raises(httpx.TransportError):
        put_part(web, url, BLOCK, 2 * BLOCK)
    assert arrived(web, url) == BLOCK


def test_a_body_can_be_replaced_delayed_and_cut(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    emulator.fail(
        "upload", ["invalid", Fault(delay=0.01, body="<html>", drip=0.001), Fault(body="ab", connection="cut")]
    )
    assert put_part(web, url, 0, BLOCK).text == '{"success":'
    assert put(web, url, "*/*").text == "<html>"
    with pytest.raises(httpx.TransportError):
        put(web, url, "*/*")


def test_a_response_without_json_has_no_fields(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    for content in (b"", b"x"):  # the second request is refused in XML
        emulator.fail("upload", [Fault(fields={"a": 1})])
        refused = put(web, url, "*/*", content)
        assert refusal(refused) == (400, "InvalidArgument")
        assert "The response is not JSON." in refused.text


def test_a_request_can_ask_for_its_own_fault(web: httpx.Client) -> None:
    url = new_upload(web)
    fault = {"x-fastpix-fault": "503"}
    assert refusal(put(web, url, None, FILE, fault)) == (503, "ServiceUnavailable")
    assert arrived(web, url) == 0
    assert refusal(put(web, url, "*/*", headers={"x-fastpix-fault": "nonsense"})) == (400, "InvalidArgument")


def test_only_requests_with_the_secret_take_an_outcome(emulator: Emulator, web: httpx.Client) -> None:
    url, browser = new_upload(web), new_browser_upload(web)
    emulator.fail("upload", [500])
    put(web, f"{url}x", "*/*")
    web.options(url)
    web.get("/v1/live/streams")
    assert emulator.planned_faults() == [PlannedFaults([Fault(status=500)], "upload")]
    assert web.post(browser, headers={"x-goog-resumable": "start"}).status_code == 500


def test_a_plan_for_everything_counts_for_uploads_too(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    emulator.fail(None, [500])
    emulator.fail(live_streams_list, [501])
    assert put(web, url, "*/*").status_code == 500
    assert progress(put(web, url, "*/*")) == 0
