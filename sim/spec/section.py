"""What every table of a file is: nothing unknown, nothing changed afterwards, no truth value for a number."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

#: Unit of a switch, which may be written as true or false.
SWITCH = "0/1"


class Section(BaseModel):
    """A table of a scenario file: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _truth_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false, which would count as 1 and 0, everywhere but as switches."""
        field = cls.model_fields[str(info.field_name)]
        extra = field.json_schema_extra
        is_switch = isinstance(extra, dict) and extra.get("unit") == SWITCH
        is_section = isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        if not is_switch and not is_section and _holds_a_truth_value(value):
            raise ValueError("must not be true or false; only switches may")
        return value


def _holds_a_truth_value(value: Any) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return any(isinstance(part, bool) for part in (value if isinstance(value, list | tuple) else (value,)))
