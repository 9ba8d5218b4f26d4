"""Dimensions on the local FastPix."""

from fastpix.api.common import Data, SpanData
from fastpix.api.dimensions import (
    DimensionValue,
    ListDimensionsRequest,
    ListFilterValuesRequest,
    dimensions_list,
    dimensions_list_filter_values,
)
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.model.views import DIMENSIONS, dimension_of, grouped, selected, viewers
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
    groups = grouped(views, lambda view: dimension_of(view, request.dimensions_id))
    values = [DimensionValue(value, viewers(found), len(found)) for value, found in groups.items()]
    return SpanData(values, success=True, timespan=[*span])
