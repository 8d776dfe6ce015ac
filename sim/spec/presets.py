"""Presets: organizations and markets as named sets of values, each number with the source that it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ConfigDict, Field, create_model, field_validator

from sim.domain.errors import InputError
from sim.spec.scenario import RULE_SECTIONS, Scenario
from sim.spec.section import Section

#: What a source may look like: rows of docs/evidence.md or a data set, or an assumption with its reason.
SOURCE = re.compile(r"((?:E\d+|S\d+|Olist)(?:, (?:E\d+|S\d+|Olist))*(?:: \S.*)?)|(A: \S.{9,})")


class Given(Section):
    """A number of a preset and what it rests on."""

    value: Any = Field(description="as a scenario file would give it")
    source: str = Field(
        min_length=1,
        max_length=300,
        description="evidence ids such as 'E85: why', or 'A: why' for an assumption",
    )

    @field_validator("source")
    @classmethod
    def _says_what_it_rests_on(cls, source: str) -> str:
        if not SOURCE.fullmatch(source):
            raise InputError(
                "", "must name evidence ids or give a reason", source, "Such as 'E85, S43: why' or 'A: why'."
            )
        return source


class _Preset(Section):
    """An organization or a market: values that take the place of the defaults, each with its source."""

    model_config = ConfigDict(title="Preset")

    label: str = Field(min_length=1, max_length=80)
    description: str = Field(min_length=1, max_length=2000)

    @property
    def givens(self) -> dict[str, Given]:
        """Numbers and their sources by path, such as ``market.gap_days``."""
        return {
            f"{section}.{name}": given for section in RULE_SECTIONS for name, given in getattr(self, section).items()
        }

    @property
    def content(self) -> dict[str, Any]:
        """The values alone, as a scenario file would give them."""
        sections = {
            section: {name: given.value for name, given in getattr(self, section).items()} for section in RULE_SECTIONS
        }
        return {name: values for name, values in sections.items() if values}


def _table(section: str) -> Any:
    names = list(Scenario.model_fields[section].annotation.model_fields)  # type: ignore[union-attr]
    extra: Any = {"propertyNames": {"enum": names}}
    return dict[str, Given], Field(default_factory=dict, json_schema_extra=extra)


Preset: Any = create_model(
    "Preset", __base__=_Preset, __doc__=_Preset.__doc__, **{section: _table(section) for section in RULE_SECTIONS}
)


def over(lower: Mapping[str, Any], upper: Any) -> Any:
    """Content of a scenario with other content over it: tables are joined, all else is replaced.

    Examples
    --------
    >>> over({"people": {"reps": 8, "managers": 1}, "market": {"gap_days": 3}}, {"people": {"reps": 9}})
    {'people': {'reps': 9, 'managers': 1}, 'market': {'gap_days': 3}}
    """
    joined = dict(lower)
    for name, value in upper.items():
        both = isinstance(joined.get(name), dict) and isinstance(value, dict)
        joined[name] = over(joined[name], value) if both else value
    return joined


def flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Paths and values of content; a list is one value.

    Examples
    --------
    >>> list(flat({"run": {"days": 260}, "name": "mine"}))
    [('run.days', 260), ('name', 'mine')]
    """
    for name, value in content.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
