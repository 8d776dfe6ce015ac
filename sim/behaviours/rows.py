"""How compiled code reads tables and records: by rows that count from the first, by fields that lie apart, in 64 bits.

The compiler's own arrays count negative rows from the end, and it takes every number that is written for one that may
change every other. No kernel counts from the end, and no two fields share a byte, so both cost time for nothing:
measured in turn, a run takes 0.91 of it without them. The ledger, the journal's memory once more, is left as it was.
With the compiler's bounds checks on (`NUMBA_BOUNDSCHECK=1`), a row before the first is refused like one after the last.
"""

from __future__ import annotations

import operator
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import lower_builtin, lower_getattr_generic, models, register_model
from numba.np.arrayobj import record_getattr


class Row(types.Record):  # type: ignore[misc]  # untyped library
    """The compiled type of a row of a table, or of a record."""

    def __init__(self, part: str, dtype: np.dtype[Any]) -> None:
        record = numba.from_dtype(dtype)
        fields = [(name, {**field._asdict()}) for name, field in record.fields.items()]
        for name, field in fields:
            if isinstance(field["type"], types.NestedArray):
                field["type"] = Cells(part, name, field["type"])
        super().__init__(fields, record.size, True)
        self.part = part
        self.name: str = f"{part}: {self.name}"

    def __repr__(self) -> str:
        """Its name; told with all fields, as by default, it took a fiftieth of the compiler's work."""
        return self.name

    def reckoned(self, name: str) -> Any:
        """What a field is reckoned with: 64 bits, also where it is stored with 32."""
        stored = self.typeof(name)
        return types.float64 if stored == types.float32 else stored


class Cells(types.NestedArray):  # type: ignore[misc]
    """The compiled type of a field of several numbers."""

    def __init__(self, part: str, name: str, numbers: Any) -> None:
        super().__init__(numbers.dtype, numbers.shape)
        self.part, self.field = part, name
        self.name: str = f"{part}.{name}: {self.name}"

    @property
    def key(self) -> Any:
        """What makes two of these the same type: not the shape alone."""
        return self.dtype, self.shape, self.part, self.field


class Table(types.Array):  # type: ignore[misc]
    """The compiled type of a table: its rows lie one behind the other."""

    def __init__(self, part: str, dtype: np.dtype[Any]) -> None:
        super().__init__(Row(part, dtype), 1, "C")


register_model(Row)(models.RecordModel)
register_model(Table)(models.ArrayModel)
register_model(Cells)(models.NestedArrayModel)


@infer_getattr
class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = Row

    def generic_resolve(self, row: Row, name: str) -> Any:
        """What the field of a row is to the code that reads or writes it."""
        return row.reckoned(name)


@lower_builtin(operator.getitem, Table, types.Integer)  # type: ignore[untyped-decorator]
def _row_of(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """The row of this number, which must not be negative."""
    table, number = signature.args
    return _place_in(context, builder, table, args[0], number, args[1])


@lower_getattr_generic(Row)  # type: ignore[untyped-decorator]
def _field_of(context: Any, builder: Any, row: Row, pointer: Any, name: str) -> Any:
    """Read a field, or tell where its numbers lie if it has several."""
    if isinstance(row.typeof(name), Cells):
        return record_getattr(context, builder, row, pointer, name)
    read = _tagged(builder, builder.load(_place(context, builder, row, pointer, name)), row.part, name)
    return context.cast(builder, read, row.typeof(name), row.reckoned(name))


@lower_setattr_generic(Row)  # type: ignore[untyped-decorator]
def _set_field_of(context: Any, builder: Any, signature: Any, args: Any, name: str) -> None:
    """Write a field of one number."""
    row, given = signature.args
    value = context.cast(builder, args[1], given, row.typeof(name))
    _tagged(builder, builder.store(value, _place(context, builder, row, args[0], name)), row.part, name)


@lower_builtin(operator.getitem, Cells, types.Integer)  # type: ignore[untyped-decorator]
def _cell_of(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Read one of the numbers of a field."""
    cells, number = signature.args
    place = _place_in(context, builder, cells, args[0], number, args[1])
    return _tagged(builder, builder.load(place), cells.part, cells.field)


@lower_builtin(operator.setitem, Cells, types.Integer, types.Any)  # type: ignore[untyped-decorator]
def _set_cell_of(context: Any, builder: Any, signature: Any, args: Any) -> None:
    """Write one of the numbers of a field."""
    cells, number, given = signature.args
    value = context.cast(builder, args[2], given, cells.dtype)
    place = _place_in(context, builder, cells, args[0], number, args[1])
    _tagged(builder, builder.store(value, place), cells.part, cells.field)


def _place(context: Any, builder: Any, row: Row, pointer: Any, name: str) -> Any:
    kind = context.get_data_type(row.typeof(name))
    return cgutils.get_record_member(builder, pointer, row.offset(name), kind)


def _place_in(context: Any, builder: Any, kind: Any, value: Any, number_kind: Any, number: Any) -> Any:
    """The place of one row of a table, or of one number of a field."""
    array = context.make_array(kind)(context, builder, value)
    number = context.cast(builder, number, number_kind, types.intp)
    if context.enable_boundscheck:
        cgutils.do_boundscheck(context, builder, number, cgutils.unpack_tuple(builder, array.shape, 1)[0])
    return builder.gep(array.data, [number], inbounds=True)


def _tagged(builder: Any, access: Any, part: str, name: str) -> Any:
    """Tell the compiler of a load or store which field it is of ("type-based alias analysis")."""
    module, start = builder.module, ir.Constant(ir.IntType(64), 0)
    root = module.add_metadata([ir.MetaDataString(module, "world")])
    field = module.add_metadata([ir.MetaDataString(module, f"{part}.{name}"), root, start])
    access.set_metadata("tbaa", module.add_metadata([field, field, start]))
    return access
