import inspect
import pickle
import pydoc
from multiprocessing import get_context
from typing import Any

import pytest

from fastpix import FastpixCore, RequestOptions, Success, with_response
from fastpix.api.common import Ack, Model
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_create, live_streams_get, live_streams_list
from fastpix.emulator import Emulator
from fastpix.operation import Operation, delete, patch, post, put
from fastpix.reply import Reply


class Thing(Model):
    thing_id: str
    part: str = ""


def test_a_declaration_says_all_that_varies() -> None:
    @delete("/things/{thingId}/parts", id="delete-part", in_body=True)
    def things_delete_part(core: FastpixCore, request: Thing, options: RequestOptions | None = None) -> Reply[Ack]:
        """Delete a part."""
        raise NotImplementedError

    endpoint = things_delete_part.endpoint
    assert (endpoint.id, endpoint.method, endpoint.path) == ("delete-part", "DELETE", "/things/{thingId}/parts")
    assert (endpoint.request_type, endpoint.response_type) == (Thing, Ack)
    assert (endpoint.idempotent, endpoint.in_body, endpoint.has_body) == (True, True, True)
    assert things_delete_part.__doc__ == "Delete a part."


def test_the_method_says_what_may_be_sent_again_and_one_word_says_otherwise() -> None:
    def things(core: FastpixCore, request: Thing, options: RequestOptions | None = None) -> Reply[Ack]:
        raise NotImplementedError

    declarations = [
        post("/a", id="a"),
        post("/a", id="a", idempotent=True),
        put("/a", id="a"),
        patch("/a", id="a"),
        patch("/a", id="a", idempotent=True),
        delete("/a", id="a"),
    ]
    assert [declare(things).endpoint.idempotent for declare in declarations] == [False, True, True, False, True, True]


def test_an_operation_shows_what_it_is() -> None:
    seen: object = live_streams_get
    assert (inspect.isfunction(seen), isinstance(seen, Operation)) == (True, True)
    assert repr(live_streams_get).startswith("<function live_streams_get at ")
    assert "Get one live stream" in pydoc.render_doc(live_streams_get)
    assert "request: fastpix.api.live_streams.GetLiveStreamRequest" in pydoc.render_doc(live_streams_get)


def test_an_operation_is_the_same_after_pickling() -> None:
    assert pickle.loads(pickle.dumps(live_streams_create)) is live_streams_create


def test_everything_of_an_operation_is_pickled_after_a_call_as_before(core: FastpixCore) -> None:
    inspected = with_response(live_streams_list)
    assert isinstance(inspected(core), Success)
    assert isinstance(pickle.loads(pickle.dumps(inspected))(core), Success)
    assert pickle.loads(pickle.dumps(live_streams_list.endpoint)).id == "get-all-streams"


def test_a_core_and_an_operation_work_in_another_process(server_url: str, emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    with core, get_context("spawn").Pool(1) as pool:
        assert isinstance(pool.apply(live_streams_list, (core,)), Success)


def test_only_an_operation_has_a_response() -> None:
    wrong: Any = print
    with pytest.raises(
        TypeError, match=r"with_response\(\) takes an operation, such as live_streams_list, not builtin"
    ):
        with_response(wrong)


def test_a_request_is_needed_unless_the_declaration_has_one(core: FastpixCore) -> None:
    assert isinstance(live_streams_list(core), Success)
    assert isinstance(live_streams_list(core, options=RequestOptions()), Success)
    nothing: Any = None
    assert isinstance(live_streams_list(core, nothing), Success)
    assert isinstance(live_streams_get(core, request=GetLiveStreamRequest("0" * 32)).failure(), Exception)
    with pytest.raises(TypeError, match=r"live_streams_get\(\) missing 1 required positional argument: 'request'"):
        live_streams_get(core)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue] - wrong on purpose
    with pytest.raises(TypeError, match="unexpected keyword"):
        live_streams_get(core, limit=5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue] - wrong on purpose
