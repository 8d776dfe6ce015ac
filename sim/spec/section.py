"""What every table of a file is: nothing unknown, nothing changed afterwards, no truth value for a number."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails

from sim.domain.errors import InputError

#: Unit of a switch, which may be written as true or false.
SWITCH = "0/1"
_RULE = "must not be true or false; only switches may"
_MEND = "Write a number, a text in quotes or a list."


class Section(BaseModel):
    """A table of a scenario file: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, content: Any) -> Any:
        """Refuse true and false, which would count as 1 and 0, everywhere but as switches.

        All values are looked at together: a look at each by a validator of its own took most of the time of reading.
        """
        if isinstance(content, dict) and (found := [name for name in content if _holds_a_truth_value(content[name])]):
            wrong = [name for name in found if name in cls.model_fields and not _may_be_true(cls.model_fields[name])]
            if wrong:
                findings = [_finding(name, content[name]) for name in wrong]
                raise ValidationError.from_exception_data(cls.__name__, findings)
        return content


def _finding(name: str, value: Any) -> InitErrorDetails:
    return InitErrorDetails(
        type="value_error", loc=(name,), input=value, ctx={"error": InputError("", _RULE, value, _MEND)}
    )


def _may_be_true(field: FieldInfo) -> bool:
    """Whether a field is a switch or a yes or no, or a table that looks after its own."""
    extra, kind = field.json_schema_extra, field.annotation
    is_switch = isinstance(extra, dict) and extra.get("unit") == SWITCH
    return is_switch or kind in (bool, bool | None) or _is_table(kind)


def _is_table(kind: Any) -> bool:
    """Whether a type is a section, or a choice of which one is."""
    if get_origin(kind) in (Union, UnionType, Annotated):
        return any(map(_is_table, get_args(kind)))
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _holds_a_truth_value(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return bool in map(type, value.values())
    return bool in map(type, value) if kind in (list, tuple) else kind is bool
