"""A mapping says which column of an export is which; it is written as TOML, edited and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim.calibrate.events import EventRules
from sim.calibrate.layouts import Layout, Words
from sim.calibrate.tables import Roles, Table, plain_name
from sim.domain.errors import InputError, did_you_mean
from sim.spec.catalogue import read_toml
from sim.spec.errors import input_error


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _column(description: str) -> str | None:
    field: str | None = Field(None, min_length=1, description=description)
    return field


class Columns(_Part):
    """Headers of an export, by what they hold; left out where there is none."""

    id: str | None = _column("number of the lead or deal")
    created: str | None = _column("when the row was created")
    closed: str | None = _column("when it was won or lost; of an open one the expected date, which is not used")
    won_time: str | None = _column("when it was won, if there are two columns")
    lost_time: str | None = _column("when it was lost, if there are two columns")
    total_days: str | None = _column("days from created to closed, in the place of one or both dates")
    stage: str | None = _column("stage, or the words for won, lost and open")
    is_won: str | None = _column("1 or 0, TRUE or FALSE: won")
    is_closed: str | None = _column("1 or 0, TRUE or FALSE: won or lost")
    is_lost: str | None = _column("1 or 0, TRUE or FALSE: lost")
    amount: str | None = _column("value")
    currency: str | None = _column("code of the currency of the value")
    source: str | None = _column("where the lead came from")
    owner: str | None = _column("who sells; numbered, never shown")
    marketer: str | None = _column("who qualified; numbered, never shown")
    mql: str | None = _column("when it became marketing-qualified")
    handed: str | None = _column("when it was handed to sales")
    responded: str | None = _column("when someone first responded")
    case: str | None = _column("event log: the case")
    activity: str | None = _column("event log: what happened")
    time: str | None = _column("event log: when")
    resource: str | None = _column("event log: who; numbered, never shown")
    lifecycle: str | None = _column("event log: start or complete")

    def named(self) -> dict[str, str]:
        """Headers that are given, by role."""
        return {role: header for role, header in self.model_dump().items() if header is not None}


class Status(_Part):
    """Words of the stage column; empty for the usual ones (won, closed won, lost, closed lost)."""

    won: tuple[str, ...] = Field((), description="words that mean won")
    lost: tuple[str, ...] = Field((), description="words that mean lost")


class Activities(_Part):
    """Words of the activity column of an event log."""

    won: tuple[str, ...] = Field((), description="activities that win a case")
    lost: tuple[str, ...] = Field((), description="activities that lose a case")
    handed: tuple[str, ...] = Field((), description="activities that hand it to sales")
    stages: tuple[str, ...] = Field((), description="milestones; empty for all activities")
    automatic: tuple[str, ...] = Field((), description="resources that are no person")


class Mapping(_Part):
    """Which column of an export is which.

    Parameters
    ----------
    unit : {"opportunity", "lead"}
        What a row is.
    file : str, optional
        Which file of a folder.
    date_order : {"day", "month"}, optional
        What comes first in dates such as 02/03/2024.
    currency : str, optional
        Code of the amounts, where the file does not say.
    columns, status, activities
        Headers and words.
    notes : tuple of str
        How it came about; not part of the TOML.
    """

    unit: Literal["opportunity", "lead"] = "opportunity"
    file: str | None = None
    date_order: Literal["day", "month"] | None = None
    currency: str | None = Field(None, min_length=1, max_length=8)
    columns: Columns = Columns()
    status: Status = Status()
    activities: Activities = Activities()
    notes: tuple[str, ...] = Field((), exclude=True)

    @property
    def day_first(self) -> bool | None:
        """Whether dates begin with the day; None if the file must prove it."""
        return None if self.date_order is None else self.date_order == "day"

    @model_validator(mode="after")
    def _enough(self) -> Mapping:
        named = set(self.columns.named())
        if named & {"case", "activity", "time"}:
            missing = {"case", "activity", "time"} - named
            if missing:
                raise InputError(
                    "columns",
                    f"of an event log must name {', '.join(sorted(missing))} too",
                    ", ".join(sorted(named)),
                    "Name all three columns, or none of them.",
                )
            return self
        if not named & {"created", "closed", "total_days"}:
            raise InputError(
                "columns",
                "must name created and closed, or total_days",
                ", ".join(sorted(named)) or None,
                "Name the columns of both dates, or that of the days between.",
            )
        if not named & {"stage", "is_won"}:
            raise InputError(
                "columns",
                "must name stage or is_won",
                ", ".join(sorted(named)) or None,
                "Name the column that tells what was won.",
            )
        return self


def read_mapping(path: Path) -> Mapping:
    """Read a mapping from a TOML file.

    Raises
    ------
    InputError
        If it is missing, no TOML, or has an unknown or a wrong key.
    """
    try:
        return Mapping.model_validate(read_toml(path))
    except ValidationError as error:
        raise input_error(error, Mapping, path.name) from None


def mapping_text(mapping: Mapping) -> str:
    r"""Write a mapping as TOML, with what each key means and the keys that are free.

    Examples
    --------
    >>> text = mapping_text(Mapping(columns=Columns(created="Opened", closed="Ended", stage="Phase")))
    >>> 'created = "Opened"' in text, "# amount =" in text
    (True, True)
    """
    lines = ["# Which column of the export is which. Edit it, then give it with --mapping."]
    lines += [f"# {note}" for note in mapping.notes]
    lines += [f'unit = "{mapping.unit}"  # "opportunity" if rows are deals, "lead" if they are inquiries']
    lines += [_line("file", mapping.file, "which file of a folder", '"deals.csv"')]
    lines += [_line("date_order", mapping.date_order, 'what comes first in 02/03/2024: "day" or "month"', '"day"')]
    lines += [_line("currency", mapping.currency, "of the amounts, where the file does not say", '"EUR"')]
    for name, part in (("columns", mapping.columns), ("status", mapping.status), ("activities", mapping.activities)):
        lines += ["", f"[{name}]"]
        for key, field in type(part).model_fields.items():
            example = '""' if name == "columns" else "[]"
            lines.append(_line(key, getattr(part, key), str(field.description), example))
    return "\n".join(lines) + "\n"


def _line(key: str, value: object, meaning: str, example: str) -> str:
    if value is None or value == ():
        return f"# {key} = {example}  # {meaning}"
    shown = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    return f"{key} = {shown}  # {meaning}".replace("\x7f", "\\u007f")


def layout_from(mapping: Mapping, head: Table) -> Layout:
    """Layout that reads a table by a mapping.

    Raises
    ------
    InputError
        If the mapping names a column that is not there, or one column twice.
    """
    headers = [str(name) for name in head.cells.columns]
    roles: Roles = {}
    for role, header in mapping.columns.named().items():
        if header not in headers:
            near = [name for name in headers if plain_name(name) == plain_name(header)] or headers[:30]
            place = f"mapping: columns.{role}"
            raise InputError(place, f"must be a column of {head.file}", header, did_you_mean(header, near))
        roles[role] = (f"={header}",)
    dates = [role for role in ("created", "closed", "won_time", "lost_time") if role in roles]
    if len({roles[role] for role in dates}) < len(dates):
        raise InputError(
            "mapping: columns",
            "must not name one column for two moments",
            ", ".join(dates),
            "Name another column for one of them, or leave it out.",
        )
    words = Words(mapping.status.won, mapping.status.lost)
    return Layout("mapping", {}, "", roles, mapping.unit, (), words, mapping.day_first, mapping.currency)


def rules_from(mapping: Mapping) -> EventRules | None:
    """What the activities mean; None for the usual words."""
    told = mapping.activities
    if not told.won and not told.lost:
        return None
    return EventRules(told.won, told.lost, told.handed, told.stages, told.automatic)
