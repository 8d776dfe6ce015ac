"""What is shipped: scenarios, relationship types and interventions, as TOML files that anybody can add to."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from sim.domain.errors import InputError, did_you_mean
from sim.domain.practices import BY_NAME as PRACTICES
from sim.spec.errors import input_error
from sim.spec.presets import Preset, over
from sim.spec.scenario import Presets, Scenario, Section


class Relationship(Section):
    """A relationship type: a bundle of practices."""

    label: str
    description: str
    evidence: str = Field(description="what its numbers rest on")
    sources: dict[str, str] = Field(default_factory=dict, description="of numbers that rest on something else")
    aliases: tuple[str, ...] = ()
    practices: dict[str, float]

    def source_of(self, number: str) -> str:
        """What one of its numbers rests on."""
        return self.sources.get(number, self.evidence)

    @model_validator(mode="after")
    def _names_every_practice(self) -> Relationship:
        if missing := set(PRACTICES) - set(self.practices):
            raise ValueError(f"must give a level to every practice; missing: {', '.join(sorted(missing))}")
        _check_levels(self.practices)
        return self


class Intervention(Section):
    """What management can do: one dose, in the unit of its leading practice."""

    label: str
    description: str
    leading: str
    default_dose: float = Field(gt=0, description="usual dose, in the unit of the leading practice")
    ramp_days: float = Field(gt=0, le=2600, description="time constant of the change, working days")
    one_off: float = Field(default=0, ge=0, description="c.u. at the default dose")
    one_off_per_person: float = Field(default=0, ge=0, description="c.u. per person at the default dose")
    evidence: str = Field(description="what its numbers rest on")
    sources: dict[str, str] = Field(default_factory=dict, description="of numbers that rest on something else")
    practices: dict[str, float]

    def source_of(self, number: str) -> str:
        """What one of its numbers rests on."""
        return self.sources.get(number, self.evidence)

    @model_validator(mode="after")
    def _moves_its_leading_practice(self) -> Intervention:
        if self.practices.get(self.leading) != self.default_dose:
            raise ValueError(f"practices.{self.leading} must be the default dose ({self.default_dose:g})")
        _check_levels(self.practices)
        return self

    @property
    def unit(self) -> str:
        """Unit of the dose."""
        return PRACTICES[self.leading].unit

    @property
    def most(self) -> float:
        """Highest dose: the top of the leading practice's scale."""
        return PRACTICES[self.leading].high


def _check_levels(levels: dict[str, float]) -> None:
    for name, value in levels.items():
        if name not in PRACTICES:
            raise ValueError(f"unknown practice {name!r}. {did_you_mean(name, PRACTICES)}")
        practice = PRACTICES[name]
        if not practice.low <= value <= practice.high:
            raise ValueError(f"{name} must be between {practice.low:g} and {practice.high:g}, got {value:g}")


def shipped() -> Path:
    """Folder of the shipped scenarios: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    bundled = package / "_bundled" / "scenarios"
    return bundled if bundled.is_dir() else package.parent / "scenarios"


@functools.cache
def relationships() -> dict[str, Relationship]:
    """Relationship types by name, in the order of the file."""
    return _catalogue("relationships.toml", Relationship)


@functools.cache
def interventions() -> dict[str, Intervention]:
    """Interventions by name, in the order of the file."""
    return _catalogue("interventions.toml", Intervention)


@functools.cache
def organizations() -> dict[str, Any]:
    """Organization presets by name, in the order of the file."""
    return _presets("organizations.toml")


@functools.cache
def markets() -> dict[str, Any]:
    """Market presets by name, in the order of the file."""
    return _presets("markets.toml")


def _presets(file: str) -> dict[str, Any]:
    presets = _catalogue(file, Preset)
    for name, preset in presets.items():
        try:
            Scenario.model_validate(preset.content)
        except ValidationError as error:
            raise input_error(error, Scenario, f"{file}, [{name}]") from None
    return presets


def preset_named(kind: str, name: str, where: str = "") -> Any:
    """A preset of the catalogue; kind is ``organization`` or ``market``.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    known = organizations() if kind == "organization" else markets()
    if name not in known:
        raise InputError(f"{where}presets.{kind}", f"unknown {kind} preset", name, did_you_mean(name, known))
    return known[name]


def layers(content: dict[str, Any], where: str = "") -> list[tuple[str, Any]]:
    """What lies beneath a scenario's own values, lowest first: name of the layer and the preset.

    Raises
    ------
    InputError
        If the scenario names a preset that does not exist.
    """
    try:
        named = Presets.model_validate(content.get("presets", {}))
    except ValidationError as error:
        raise input_error(error, Presets, f"{where}presets") from None
    pairs = (("organization", named.organization), ("market", named.market))
    return [(f"{kind} {name}", preset_named(kind, name, where)) for kind, name in pairs if name]


def told_by_presets(scenario: Scenario) -> str:
    """What the presets of a scenario say about themselves."""
    return " ".join(preset.description for _, preset in layers({"presets": scenario.presets.model_dump()}))


def _catalogue(file: str, kind: Any) -> dict[str, Any]:
    path = shipped() / "catalogue" / file
    entries = read_toml(path)
    checked = {}
    for name, entry in entries.items():
        try:
            checked[name] = kind.model_validate(entry)
        except ValidationError as error:
            raise input_error(error, kind, f"{file}, [{name}]") from None
    return checked


def relationship_named(name: str, field: str = "relationship") -> str:
    """The catalogue's name of a relationship type, which may be given by an alias.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    for known, relationship in relationships().items():
        if name == known or name in relationship.aliases:
            return known
    raise InputError(field, "unknown relationship", name, did_you_mean(name, relationships()))


def intervention_named(name: str, field: str = "interventions") -> Intervention:
    """An intervention of the catalogue.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in interventions():
        raise InputError(field, "unknown intervention", name, did_you_mean(name, interventions()))
    return interventions()[name]


def scenario_names() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(path.stem for path in shipped().glob("*.toml"))


def load_scenario(source: str | Path) -> Scenario:
    """A shipped scenario by name, or one from a TOML file.

    Raises
    ------
    InputError
        If there is no such scenario or file, or if it does not hold what a scenario must.
    """
    content, where = scenario_content(source)
    return read_scenario(content, where)


def scenario_content(source: str | Path) -> tuple[dict[str, Any], str]:
    """What the file of a scenario says, and the file's name.

    Raises
    ------
    InputError
        If there is no such scenario or file.
    """
    path = Path(source)
    if path.suffix != ".toml" and path.parent == Path():
        shipped_path = shipped() / f"{source}.toml"
        if not shipped_path.is_file():
            mend = did_you_mean(str(source), scenario_names()) + " Or name a file that ends in .toml."
            raise InputError("scenario", "there is no scenario of that name", str(source), mend)
        path = shipped_path
    return read_toml(path), path.name


def read_scenario(content: dict[str, Any], where: str = "") -> Scenario:
    """Validate a scenario, its presets, relationship type and interventions included.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    prefix = f"{where}: " if where else ""
    beneath: dict[str, Any] = {}
    for _, preset in layers(content, prefix):
        beneath = over(beneath, preset.content)
    try:
        scenario = Scenario.model_validate(over(beneath, content))
    except ValidationError as error:
        raise input_error(error, Scenario, where) from None
    relationship = relationship_named(scenario.relationship, f"{prefix}relationship")
    for index, use in enumerate(scenario.interventions):
        check_dose(use.name, use.dose, f"{prefix}interventions[{index}]")
    return scenario.model_copy(update={"relationship": relationship})


def check_dose(name: str, dose: float | None, field: str) -> None:
    """Make sure that an intervention is known and its dose within the scale of its leading practice."""
    intervention = intervention_named(name, f"{field}.name")
    if dose is not None and not 0 <= dose <= intervention.most:
        rule = f"must be between 0 and {intervention.most:g} ({intervention.unit})"
        raise InputError(f"{field}.dose", rule, dose, f"The usual dose of {name} is {intervention.default_dose:g}.")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If it is missing, unreadable or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(str(path), "there is no such file", mend="Check the path.") from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(str(path), "must be text in UTF-8", mend="Save it again as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(path), f"is no valid TOML: {error}") from None
