"""`Struct`, the base of what users construct: called with wrong arguments, it names its class and its fields.

`msgspec.Struct` says ``Unexpected keyword argument 'limt'``, of which there may be several in a line. What msgspec itself makes,
when it reads an answer, does not pass here.
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
        def __call__(cls, *values: object, **fields: object) -> object:  # noqa: N805 - of a class
            try:
                return construct(cls, *values, **fields)
            except TypeError as problem:
                if problem.__traceback__.tb_next is not None:  # of code of the class, such as a `__post_init__`
                    raise
                raise TypeError(f"{cls.__name__}({', '.join(cls.__struct_fields__)}): {problem}") from None

    class Struct(msgspec.Struct, metaclass=StructMeta):
        """As `msgspec.Struct`; and FastAPI takes it where a function is annotated with it."""

        @classmethod
        def __get_pydantic_core_schema__(cls, source: object, handler: object) -> object:
            from pydantic_core import core_schema

            as_it_is_sent = core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins)
            return core_schema.is_instance_schema(cls, serialization=as_it_is_sent)

        @classmethod
        def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, str]:
            return {"type": "object", "title": cls.__name__}
