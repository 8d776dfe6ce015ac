"""What is shipped: scenarios, relationship types and interventions, as TOML files that anybody can add to."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.domain.errors import InputError, Told, did_you_mean
from sim.domain.extensions import check_new, extensions
from sim.domain.renamed import todays_names
from sim.spec.errors import input_error
from sim.spec.kinds import Intervention, Relationship
from sim.spec.presets import Preset, over
from sim.spec.scenario import Presets, Scenario
from sim.spec.timeline import Entry


def bundled(kind: str) -> Path:
    """A folder of shipped files, ``scenarios`` or ``experiments``: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "_bundled" / kind
    return inside if inside.is_dir() else package.parent / kind


def shipped() -> Path:
    """Folder of the shipped scenarios."""
    return bundled("scenarios")


@functools.cache
def relationships() -> dict[str, Relationship]:
    """Relationship types by name, in the order of the file."""
    return _catalogue("relationships.toml", Relationship)


@functools.cache
def interventions() -> dict[str, Intervention]:
    """Interventions by name, in the order of the file; those of extensions follow.

    Raises
    ------
    InputError
        If an extension has one that cannot be, naming the package.
    """
    known = _catalogue("interventions.toml", Intervention)
    for extension in extensions():
        for name, entry in extension.interventions.items():
            check_new(name, extension.package, known | shocks(), "an intervention or shock")
            known[name] = _checked(Intervention, entry, f"extension {extension.package}, [interventions.{name}]")
    return known


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


@functools.cache
def shocks() -> dict[str, Intervention]:
    """Shocks by name, in the order of the file."""
    return _catalogue("shocks.toml", Intervention)


def relationships_of(scenario: Scenario) -> dict[str, Relationship]:
    """Relationship types by name that a scenario may use: those shipped and its own."""
    return relationships() | scenario.catalogue.relationships


def interventions_of(scenario: Scenario) -> dict[str, Intervention]:
    """Interventions by name that a scenario may use: those shipped and its own."""
    return interventions() | scenario.catalogue.interventions


def shocks_of(scenario: Scenario) -> dict[str, Intervention]:
    """Shocks by name that a scenario may use: those shipped and its own."""
    return shocks() | scenario.catalogue.shocks


def action_of(scenario: Scenario, entry: Entry) -> Intervention:
    """The intervention or shock that an entry of the timeline names."""
    return shocks_of(scenario)[entry.shock] if entry.shock else interventions_of(scenario)[entry.intervention]


def _catalogue(file: str, kind: Any) -> dict[str, Any]:
    path = shipped() / "catalogue" / file
    entries = read_toml(path)
    return {name: _checked(kind, entry, f"{file}, [{name}]") for name, entry in entries.items()}


def _checked(kind: Any, entry: Any, where: str) -> Any:
    """An entry of a catalogue, if it is one."""
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        raise input_error(error, kind, where) from None


def relationship_named(name: str, known: dict[str, Relationship], field: str = "relationship") -> str:
    """The catalogue's name of a relationship type, which may be given by an alias.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    for own, relationship in known.items():
        if name == own or name in relationship.aliases:
            return own
    raise InputError(field, "unknown relationship", name, did_you_mean(name, known))


def scenario_names() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(path.stem for path in shipped().glob("*.toml"))


def is_name(source: str | Path) -> bool:
    """Whether this is a name of something shipped, and not the path of a file.

    Examples
    --------
    >>> is_name("mid"), is_name("mid.toml"), is_name("firms/mid")
    (True, False, False)
    """
    path = Path(source)
    return path.suffix != ".toml" and path.parent == Path()


def load_scenario(source: str | Path) -> Scenario:
    """A shipped scenario by name, or one from a TOML file.

    Raises
    ------
    InputError
        If there is no such scenario or file, or if it does not hold what a scenario must.
    """
    content, where = scenario_content(source)
    scenario = read_scenario(content, where)
    if not scenario.posterior:
        return scenario
    return scenario.model_copy(update={"posterior": str(Path(source).parent / scenario.posterior)})


def scenario_content(source: str | Path) -> tuple[dict[str, Any], str]:
    """What the file of a scenario says, and the file's name.

    Raises
    ------
    InputError
        If there is no such scenario or file.
    """
    path = Path(source)
    if is_name(source):
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
    content = todays_names(content, prefix)
    beneath: dict[str, Any] = {}
    for _, preset in layers(content, prefix):
        beneath = over(beneath, preset.content)
    try:
        scenario = Scenario.model_validate(over(beneath, content))
    except ValidationError as error:
        raise input_error(error, Scenario, where) from None
    known = relationships_of(scenario)
    relationship = relationship_named(scenario.relationship, known, f"{prefix}relationship")
    for index, use in enumerate(scenario.interventions):
        check_entry(scenario, use.entry, f"{prefix}interventions[{index}]", "name")
    timeline = tuple(
        check_entry(scenario, entry, f"{prefix}timeline[{index}]") for index, entry in enumerate(scenario.timeline)
    )
    return scenario.model_copy(update={"relationship": relationship, "timeline": timeline})


def check_entry(scenario: Scenario, entry: Entry, field: str, name: str = "intervention") -> Entry:
    """Make sure that what an entry names is known and its dose in range; aliases become the catalogue's names.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    if entry.adopt:
        adopted = relationship_named(entry.adopt, relationships_of(scenario), f"{field}.adopt")
        return entry.model_copy(update={"adopt": adopted})
    kind, known = ("shock", shocks_of(scenario)) if entry.shock else (name, interventions_of(scenario))
    if entry.action and entry.action not in known:
        what = "shock" if entry.shock else "intervention"
        raise InputError(f"{field}.{kind}", f"unknown {what}", entry.action, did_you_mean(entry.action, known))
    if entry.action and entry.dose is not None:
        check_dose(entry.action, known[entry.action], entry.dose, f"{field}.dose")
    if entry.action and known[entry.action].is_event:
        _check_event(entry, field)
    return entry


def _check_event(entry: Entry, field: str) -> None:
    """Make sure that what is over with its day is given neither an end nor a course."""
    for name in ("end_day", "ramp_days", "decay_days"):
        if (value := getattr(entry, name)) is not None:
            raise InputError(f"{field}.{name}", "has no meaning here", value, f"{entry.action} takes one day.")


def check_dose(name: str, action: Intervention, dose: float, field: str) -> None:
    """Make sure that a dose is within the scale of the leading practice."""
    if not action.least <= dose <= action.most:
        rule = f"must be between {action.least:g} and {action.most:g} ({action.unit})"
        raise InputError(field, rule, dose, f"The usual dose of {name} is {action.default_dose:g}.")
    if action.is_event and not float(dose).is_integer():
        raise InputError(field, f"must be a whole number ({action.unit})", dose, "Leave the decimals out.")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If it is missing, unreadable or no TOML.
    """
    text = _text_of(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mend = "Mend that line; texts stand in quotes, lists in brackets."
        raise InputError(str(path), f"is no valid TOML: {error}", _line_of(text, str(error)), mend) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists without end
        told = Told("numbers too long or lists too deep to be read")
        raise InputError(str(path), "must be TOML of a usual form", told, "Write it anew.") from None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(str(path), "there is no such file", None, "Check the path.") from None
    except IsADirectoryError:
        mend = "Name a file that ends in .toml; a folder with the results of a study is named with --store."
        raise InputError(str(path), "is a folder", Told("no file"), mend) from None
    except OSError as error:
        rule = f"cannot be read ({error.strerror})"
        raise InputError(str(path), rule, Told("nothing"), "Check the path, and who may read it.") from None
    except UnicodeDecodeError:
        raise InputError(str(path), "must be text in UTF-8", Told("other bytes"), "Save it again as UTF-8.") from None
    except ValueError:  # a zero byte, which no name has
        raise InputError("path", "must be the name of a file", str(path), "Check the path.") from None


def _line_of(text: str, said: str) -> str | None:
    """The line that a reader of TOML stumbled over, as far as it says which."""
    found, lines = re.search(r"at line (\d+)", said), text.splitlines()
    return lines[int(found[1]) - 1].strip() if found and int(found[1]) <= len(lines) else None
