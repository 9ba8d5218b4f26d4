"""Hypothesis strategies for the values of any struct, derived from the description that msgspec has of its fields."""

from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import NODEFAULT, UNSET, Struct, structs
from msgspec import inspect as types

from fastpix._call.endpoint import Endpoint

CHARACTERS = st.characters(exclude_categories=["Cs"])
IDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/?#%"), min_size=1, max_size=40
).filter(lambda text: text not in (".", ".."))


def values_of(kind: object, **chosen: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for a struct or a union of structs. ``chosen`` replaces the strategies of fields, by name."""
    described = types.type_info(kind)
    choices = described.types if isinstance(described, types.UnionType) else (described,)
    return st.one_of([_struct(choice, chosen) for choice in choices if isinstance(choice, types.StructType)])


def requests_of(endpoint: Endpoint[Any], ids: st.SearchStrategy[str] = IDS) -> st.SearchStrategy[Any]:
    """Return a strategy for the requests of an operation. ``ids`` is that of the ids in the path."""
    in_path = {name for name, _ in endpoint.path_parts if name}
    fields = [field for kind in endpoint.request_types for field in structs.fields(kind)]
    chosen: dict[str, st.SearchStrategy[object]] = {
        field.name: ids for field in fields if field.encode_name in in_path and field.type is str
    }
    if not endpoint.in_body:
        chosen["filter_by"] = st.one_of(
            st.just(UNSET), st.lists(st.text(CHARACTERS), min_size=1)
        )  # an empty list adds nothing to a query
    return values_of(endpoint.request_type, **chosen)


def _struct(described: types.StructType, chosen: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    fields = {field.name: chosen.get(field.name, _field(field)) for field in described.fields}
    alternatives = getattr(described.cls, "__exactly_one_of__", ())
    rest = {name: values for name, values in fields.items() if name not in alternatives}
    given = [{name: fields[name].filter(lambda value: value not in (UNSET, False))} for name in alternatives]
    combinations = [st.fixed_dictionaries({**rest, **one}) for one in given or [{}]]
    return st.one_of(combinations).map(lambda values: described.cls(**values))


def _field(field: types.Field) -> st.SearchStrategy[Any]:
    value = _value(field.type)
    return value if field.required else st.just(UNSET if field.default is NODEFAULT else field.default) | value


@cache
def _nested(kind: type[Struct]) -> st.SearchStrategy[Any]:
    """Return a deferred strategy, because a struct may contain values of its own type."""
    return st.deferred(lambda: values_of(kind))


def _value(described: types.Type) -> st.SearchStrategy[Any]:  # noqa: PLR0912 - a branch for each kind of type
    match described:
        case types.StructType():
            return _nested(described.cls)
        case types.Metadata(type=inner):
            return _value(inner)
        case types.UnionType(types=choices):
            return st.one_of(*map(_value, choices))
        case types.LiteralType(values=values):
            return st.sampled_from(values)
        case types.IntType(ge=least, le=most):
            return st.integers(least if least is not None else -(2**53), most if most is not None else 2**53)
        case types.StrType(max_length=longest):
            return st.text(CHARACTERS, max_size=min(longest or 20, 20))
        case types.AnyType() | types.CustomType():
            return st.none() | st.text(CHARACTERS, max_size=9) | st.integers(-9, 9)
        case types.TupleType(item_types=items):
            return st.tuples(*map(_value, items))
        case types.ListType(item_type=item):
            return st.lists(_value(item), max_size=3)
        case types.DictType(key_type=key, value_type=item, max_length=most):
            return st.dictionaries(_value(key), _value(item), max_size=min(most or 3, 3))
        case types.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False, width=32)
        case types.BoolType():
            return st.booleans()
        case types.NoneType():
            return st.none()
        case _:
            raise NotImplementedError(described)
