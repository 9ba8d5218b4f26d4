"""The position of a page. The local FastPix always returns all three numbers."""

from typing import Any, NamedTuple

from fastpix.api.common import Page


class Paging(NamedTuple):
    total_records: int
    current_offset: int
    offset_count: int


def paging(page: Page[Any]) -> Paging:
    pagination = page.pagination
    assert pagination is not None
    assert pagination.total_records is not None
    assert pagination.current_offset is not None
    assert pagination.offset_count is not None
    return Paging(pagination.total_records, pagination.current_offset, pagination.offset_count)
