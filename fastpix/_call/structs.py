"""`Struct`, the base class of structs that users create. Its error for wrong arguments names the class and its fields.

The error of `msgspec.Struct`, such as ``Unexpected keyword argument 'limt'``, does not name the class, and one line of
code may create several structs. When msgspec itself creates a struct to decode a response, this code does not run.
"""

from typing import TYPE_CHECKING

import msgspec

__all__ = ["Struct"]

if TYPE_CHECKING:
    from msgspec import Struct
else:
    StructType = type(msgspec.Struct)
    construct = StructType.__call__

    class StructMeta(StructType):
        def __call__(cls, *values: object, **fields: object) -> object:  # noqa: N805 - the method of a metaclass
            try:
                return construct(cls, *values, **fields)
            except TypeError as problem:
                if problem.__traceback__.tb_next is not None:  # raised by code of the class, such as `__post_init__`
                    raise
                raise TypeError(f"{cls.__name__}({', '.join(cls.__struct_fields__)}): {problem}") from None

    class Struct(msgspec.Struct, metaclass=StructMeta):
        """Like `msgspec.Struct`. In addition, FastAPI accepts it in the annotations of a function."""

        @classmethod
        def __get_pydantic_core_schema__(cls, source: object, handler: object) -> object:
            from pydantic_core import core_schema

            as_it_is_sent = core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins)
            return core_schema.is_instance_schema(cls, serialization=as_it_is_sent)

        @classmethod
        def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, str]:
            return {"type": "object", "title": cls.__name__}
