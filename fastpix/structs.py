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
    make = StructType.__call__

    class NamingType(StructType):
        def __call__(cls, *values: object, **fields: object) -> object:  # noqa: N805 - of a class
            try:
                return make(cls, *values, **fields)
            except TypeError as problem:
                raise TypeError(f"{cls.__name__}({', '.join(cls.__struct_fields__)}): {problem}") from None

    class Struct(msgspec.Struct, metaclass=NamingType):
        """As `msgspec.Struct`."""
