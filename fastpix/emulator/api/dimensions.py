"""Dimensions on the local FastPix."""

from collections import defaultdict

from fastpix.api.common import Data, SpanData
from fastpix.api.dimensions import (
    DimensionValue,
    ListDimensionsRequest,
    ListFilterValuesRequest,
    dimensions_list,
    dimensions_list_filter_values,
)
from fastpix.api.views import View
from fastpix.emulator.handlers import handles
from fastpix.emulator.viewing import DIMENSIONS, dimension_of, selected, viewers
from fastpix.emulator.workspace import Workspace

__all__ = ["list_dimensions", "list_filter_values"]


@handles(dimensions_list, recorded="all of it")
def list_dimensions(workspace: Workspace, request: ListDimensionsRequest) -> Data[list[str]]:
    return Data([*DIMENSIONS], success=True)


@handles(
    dimensions_list_filter_values,
    recorded="the fields",
    documented="the filters",
    guessed="the most frequent value first; views without a value do not count",
)
def list_filter_values(workspace: Workspace, request: ListFilterValuesRequest) -> SpanData[list[DimensionValue]]:
    views, span = selected(workspace, request)
    groups = defaultdict[str, list[View]](list)
    for view in views:
        value = dimension_of(view, request.dimensions_id)
        if value is not None:
            groups[value].append(view)
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    values = [DimensionValue(value, viewers(found), len(found)) for value, found in ranked]
    return SpanData(values, success=True, timespan=[*span])
