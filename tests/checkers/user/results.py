"""The ways in which a service reads results: every case, and no other."""

from typing import assert_never, assert_type

import returns.result
from returns.future import FutureResult
from returns.pipeline import flow, is_successful
from returns.result import safe

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Reply, Result, Success, WithResponse, with_response
from fastpix.api.common import Data, Page
from fastpix.api.live_streams import GetLiveStreamRequest, LiveStream, live_streams_get, live_streams_list
from fastpix.errors import (
    ApiError,
    ConfigurationError,
    ConnectionFailedError,
    Err,
    JournalError,
    NotFoundError,
    RequestValidationError,
    ResponseValidationError,
    TimedOutError,
    UnexpectedClientError,
    UploadFailedError,
    WaitFailedError,
)


class MissingError(Exception): ...


def every_case(core: FastpixCore) -> int:
    match live_streams_list(core):
        case Success(page):
            assert_type(page, Page[LiveStream])
            page.dta  # error
            return len(page.data)
        case Failure(error):
            assert_type(error, Err)
            error.mesage  # error
            return which(error)


def which(error: Err) -> int:
    match error:
        case RequestValidationError(field, _, _):
            return len(field)
        case NotFoundError():
            return 404
        case ApiError(status, _):
            assert_type(status, int)
            return status
        case ConnectionFailedError() | TimedOutError():
            return int(error.may_have_been_applied)
        case ResponseValidationError(path):
            return len(path)
        case WaitFailedError(reason) | UploadFailedError(reason) | JournalError(reason):
            return len(reason)
        case ConfigurationError() | UnexpectedClientError():
            return 0
        case _:
            assert_never(error)


def some_errors_by_name(core: FastpixCore) -> str:
    match live_streams_get(core, GetLiveStreamRequest("a")):
        case Success(answer):
            return answer.data.stream_id
        case Failure(NotFoundError() as missing):
            assert_type(missing, NotFoundError)
            return "no such stream"
        case Failure(ApiError(status)):
            return f"refused with {status}"
        case Failure(error):
            return error.message


def a_case_is_missing(core: FastpixCore) -> int:  # error
    match live_streams_list(core):  # error: pyright
        case Success(page):
            return len(page.data)


def with_the_classes_of_returns(core: FastpixCore) -> int:
    match live_streams_list(core):
        case returns.result.Success(page):
            assert_type(page, Page[LiveStream])
            return len(page.data)
        case returns.result.Failure(error):
            assert_type(error, Err)
            return which(error)


def with_a_response(core: FastpixCore) -> int:
    match with_response(live_streams_list)(core):
        case Success(seen):
            assert_type(seen, WithResponse[Page[LiveStream]])
            return seen.status
        case Failure(error):
            return which(error)


def asked(core: FastpixCore) -> None:
    reply = live_streams_list(core)
    assert_type(reply, Reply[Page[LiveStream]])
    assert_type(is_successful(reply), bool)
    if isinstance(reply, Success):
        assert_type(reply.unwrap(), Page[LiveStream])
    else:
        assert_type(reply.failure(), Err)
    if isinstance(reply, returns.result.Success):
        assert_type(reply.unwrap(), Page[LiveStream])
    else:
        assert_type(reply.failure(), Err)


def is_a_result(core: FastpixCore) -> Result[Page[LiveStream], Err]:
    result: Result[Page[LiveStream], Err] = live_streams_list(core)
    wrong: Result[Data[LiveStream], Err] = live_streams_list(core)  # error
    print(wrong, flow(result, is_successful))
    return live_streams_list(core)


def is_a_result_of_the_future(core: AsyncFastpixCore) -> None:
    assert_type(FutureResult(live_streams_list(core)), FutureResult[Page[LiveStream], Err])


def made(number: int) -> Reply[int]:
    if number < 0:
        return Success("no number")  # error
    return Success(number) if number else Failure(ConfigurationError("nothing"))


def made_as_a_result(number: int) -> Result[int, str]:
    return Success(number) if number else Failure("nothing")


def with_errors_of_its_own(core: FastpixCore) -> Result[str, MissingError]:
    match live_streams_get(core, GetLiveStreamRequest("a")):
        case Success(answer):
            return Success(answer.data.stream_id)
        case Failure(error):
            return Failure(MissingError()) if error.message else Failure(error)  # error


def every_case_of_these(core: FastpixCore) -> str:
    match with_errors_of_its_own(core).bind(made_of_text):
        case Success(number):
            assert_type(number, int)
            return str(number)
        case Failure(error):
            assert_type(error, MissingError | ValueError)
            return str(error)


def made_of_text(text: str) -> Result[int, ValueError]:
    return Success(int(text)) if text.isdecimal() else Failure(ValueError(text))


def parts(success: Success[int], failure: Failure[Err]) -> Result[int, Err]:
    assert_type(success.unwrap(), int)
    assert_type(failure.failure(), Err)
    return success if success.unwrap() else failure


@safe
def number_of(page: Page[LiveStream]) -> int:
    return len(page.data)


def with_functions_of_returns(core: FastpixCore) -> int:
    match live_streams_list(core).bind(number_of):
        case Success(number):
            return number
        case Failure(error):
            assert_type(error, Err | Exception)
            return 0
