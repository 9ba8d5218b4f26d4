import pickle
from typing import get_args

import pytest

from fastpix import Fastpix, FastpixError, errors
from fastpix.errors import (
    ApiError,
    Err,
    FieldError,
    NotFoundError,
    RequestValidationError,
    ResponseValidationError,
    TransportError,
    WebhookError,
)


def all_kinds(root: type[FastpixError] = FastpixError) -> list[type[FastpixError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in all_kinds(child))]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    lines = [
        line for line in (errors.__doc__ or "").splitlines() if "Error" in line and ("──" in line or "root" in line)
    ]
    drawn = [
        line.replace("│", " ").replace("├── ", "└── ").partition("└── ")[2].split() or line.split() for line in lines
    ]
    assert sorted(words[0] for words in drawn) == sorted(kind.__name__ for kind in all_kinds())


def test_the_union_is_closed_over_the_leaves() -> None:
    members = get_args(Err)
    leaves = [kind for kind in all_kinds() if kind not in (FastpixError, TransportError, WebhookError)]
    assert all(issubclass(kind, members) for kind in leaves)


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.__name__)
def test_an_error_can_be_raised_and_pickled_with_all_it_knows(kind: type[FastpixError]) -> None:
    error = kind("why")
    error.attempts, error.may_have_been_applied, error.operation_id = 2, True, "delete-media"
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
    assert "may have been applied" in str(copy)
    with pytest.raises(FastpixError):
        raise copy


def test_details_survive_pickling() -> None:
    error = ApiError("no", status=422, fields=(FieldError("limit", "is invalid"),), retry_after=2.0, request_id="r")
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)


def test_errors_match_by_position() -> None:
    match NotFoundError("gone", status=404):
        case ApiError(404, message):
            assert message == "gone"
        case _:
            pytest.fail("no match")
    match RequestValidationError("no", field="limit", allowed="from 1 to 50", given="0"):
        case RequestValidationError(field, allowed, given):
            assert (field, allowed, given) == ("limit", "from 1 to 50", "0")
        case _:
            pytest.fail("no match")
    match ResponseValidationError("no", path="$.data"):
        case ResponseValidationError("$.data", _):
            pass
        case _:
            pytest.fail("no match")


def test_a_facade_raises_what_a_function_returns() -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Fastpix().live_streams.list()
    assert caught.value.operation_id == "get-all-streams"


def test_a_refusal_may_name_no_field() -> None:
    error = RequestValidationError("no")
    assert (error.field, error.allowed, error.given) == ("", "", "")
