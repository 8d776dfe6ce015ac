"""What makes a result again: a command that makes the same, or where what was run is kept."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.domain.errors import InputError
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble.provenance import digest_of, study_digest
from sim.spec.catalogue import interventions_of, load_scenario, read_scenario, relationships_of, scenario_names
from sim.spec.edit import entry_id, read_setting, split_organization, with_interventions, with_relationship, with_values
from sim.spec.scenario import Scenario

Document = Mapping[str, Any]
Lines = tuple[tuple[str, str], ...]
#: What is said where no command can be told, so that none is shown that makes something else.
KEPT = "The scenario is no shipped one, or was changed in a way that options cannot tell. The result holds it whole"
REPLAYED = f"{KEPT}: smarketing replay RESULT makes it again."
STORED = f"{KEPT}, under provenance.scenario."


def again_lines(command: str, otherwise: str = STORED) -> Lines:
    """The command, or what is said instead where there is none."""
    return (("Command", command),) if command else (("How", otherwise),)


def command(verb: str, source: Sequence[str], options: Mapping[str, Any]) -> str:
    """A command line, quoted for a shell; what is None or empty is left out.

    Examples
    --------
    >>> command("run", ["mid", "--set", "run.days=260"], {"relationship": None, "seed": 1})
    'smarketing run mid --set run.days=260 --seed 1'
    """
    given = [(f"--{name}", str(value)) for name, value in options.items() if value is not None and value != ""]
    return shlex.join(["smarketing", verb, *source, *(part for pair in given for part in pair)])


def source_of(about: Document, beside: Mapping[str, Any] | None = None) -> list[str] | None:
    """Arguments that make a result's scenario: the name of a shipped one and ``--set`` for what was changed.

    Parameters
    ----------
    about : mapping
        Provenance.
    beside : mapping, optional
        Fields that other options set, with the values to be taken for them.

    Returns
    -------
    list of str or None
        None where arguments cannot tell it: what they make was compared with what was run.
    """
    wanted = {**about["scenario"], **(beside or {})}
    if about["scenario_name"] not in scenario_names():
        return None
    base = load_scenario(about["scenario_name"])
    presets = list(_changes(_dump(base)["presets"] or {}, wanted["presets"] or {}, "presets"))
    try:
        start = with_values(base, presets) if presets else base
        changes = [*presets, *_changes(_dump(start), wanted, "")]
        sets = [f"{path}={_toml(value)}" for path, value in changes]
        if _dump(with_values(base, map(read_setting, sets)) if sets else base) != wanted:
            return None
    except (InputError, TypeError):
        return None
    return [about["scenario_name"], *(part for text in sets for part in ("--set", text))]


def _dump(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(mode="json")


def _changes(first: Any, second: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Paths and values of the second that differ from the first."""
    if isinstance(first, dict) and isinstance(second, dict):
        for name, value in second.items():
            yield from _changes(first.get(name), value, f"{path}.{name}" if path else name)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for place, value in enumerate(second):
            yield from _changes(first[place], value, f"{path}[{place}]")
    elif first != second:
        yield path, second


def _toml(value: Any) -> str:
    """A value as ``--set`` reads it.

    Raises
    ------
    TypeError
        If it cannot be written so.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | str):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, int | float) for one in value):
        return f"[{', '.join(map(_toml, value))}]"
    raise TypeError(f"{value!r} is no value of an option")


def posterior_option(about: Document) -> str | None:
    """What ``--posterior`` is given for a result: the file of its draws, None where it has none."""
    drawn = about.get("posterior")
    return None if drawn is None else str(drawn["file"])


def run_command(document: Document) -> str:
    """The command that makes a run again; empty where there is none."""
    about = document["provenance"]
    if about["scenario_name"] not in scenario_names():
        return ""
    base, ran = load_scenario(about["scenario_name"]), read_scenario(about["scenario"])
    added = [use.entry for use in ran.interventions[len(base.interventions) :]]
    added += list(ran.timeline[len(base.timeline) :])
    uses = [entry_id(ran, entry) for entry in added]
    before = _dump(base)
    source = source_of(about, {name: before[name] for name in ("relationship", "interventions", "timeline")})
    if source is None:
        return ""
    kind = ran.relationship if ran.relationship != base.relationship else None
    made = _with(read_scenario({**about["scenario"], "interventions": [], "timeline": []}), base, kind, uses)
    if digest_of(made, about["seed"]) != digest_of(ran, about["seed"]):
        return ""
    return command("run", source, {"relationship": kind, "interventions": ",".join(uses), "seed": about["seed"]})


def _with(plain: Scenario, base: Scenario, kind: str | None, uses: Sequence[str]) -> Scenario:
    """What the options of a run make of a scenario that has the entries of a shipped one."""
    made = plain.model_copy(update={"interventions": base.interventions, "timeline": base.timeline})
    made = made if kind is None else with_relationship(made, kind)
    for use in uses:
        made = with_interventions(made, use)
    return made


def compare_command(document: Document) -> str:
    """The command that makes a comparison again; empty where there is none."""
    about = document["provenance"]
    source, drawn = source_of(about), about.get("posterior")
    if source is None or (drawn and not drawn["file"]):
        return ""
    scenario = read_scenario(about["scenario"])
    ways = compared_of(document, scenario)
    if not drawn and about["results_version"] == RESULTS_VERSION:
        ways = [varied for varied in ways if _digest_of(scenario, varied, about["seed"]) == about["digest"]]
    if not ways:
        return ""
    options: dict[str, Any] = {name: ",".join(given) for name, given in ways[0].items()}
    options |= {"replications": about["replications"], "posterior": posterior_option(about), "seed": about["seed"]}
    return command("compare", source, options)


def _digest_of(scenario: Scenario, varied: Mapping[str, list[str]], seed: int) -> str:
    """Identity of a comparison that is asked for in some way; empty where there can be none."""
    from sim.ensemble.design import points_compared

    try:
        return study_digest((point.scenario for point in points_compared(scenario, None, **varied)), seed)
    except InputError:
        return ""


def compared_of(document: Document, scenario: Scenario) -> list[dict[str, list[str]]]:
    """Ways in which a comparison may have been asked for, the shortest first, told by the ids of its rows."""
    ids = list(dict.fromkeys(str(row["scenario"]) for row in document["rows"]))
    known = relationships_of(scenario)
    types, uses = [name for name in ids if name in known], [name for name in ids if name not in known]
    drawn = document["provenance"].get("posterior")
    as_drawn = scenario.relationship if drawn and scenario.relationship not in drawn["types"] else None
    whole = {"organizations": ["" if name == as_drawn else name for name in ids]}
    if any(split_organization(scenario, name)[0] for name in uses) or ids != [*types, *uses]:
        return [whole]
    if uses and drawn:
        return [{"relationships": list(drawn["types"]), "interventions": uses}]
    given = [] if uses and types == [scenario.relationship] else types
    return [{"relationships": given, "interventions": uses}, whole]


def exact(value: float | None) -> str | None:
    """A number as an option takes it, with all its digits."""
    return None if value is None else repr(float(value))


def decide_command(document: Document) -> str:
    """The command that makes a decision again; empty where there is none."""
    about, asked = document["provenance"], document["question"]
    name, drawn = about["scenario_name"], about.get("posterior")
    if name not in scenario_names() or (drawn and not drawn["file"]) or document["budget"] is None:
        return ""
    days = {**about["scenario"]["run"], "days": load_scenario(name).run.days}
    source, chosen = source_of(about, {"run": days}), _candidates(document)
    if source is None or chosen is None:
        return ""
    options = {"budget": exact(document["budget"]), "hours": exact(document["hours"]), "goal": asked["goal"]}
    options |= {"horizon": asked["horizon_days"], "capacity": asked["capacity"], "interventions": chosen}
    options |= {"indifference": exact(asked.get("indifference")), "replications": about["replications"]}
    return command("decide", source, {**options, "posterior": posterior_option(about), "seed": about["seed"]})


def _candidates(document: Document) -> str | None:
    """What ``--interventions`` is given for a decision: nothing for all; None where it cannot be told."""
    from sim.decide.portfolios import candidates_from

    asked, scenario = document["question"], read_scenario(document["provenance"]["scenario"])
    wanted = [(one["name"], tuple(one["doses"])) for one in asked["candidates"]]
    names = [name for name, _ in wanted]
    doses = [f"{name}={dose!r}" for name, own in wanted for dose in own]
    there = [name for name, one in interventions_of(scenario).items() if one.label in asked["in_place"]]
    for given in (None, [*names, *there], [*doses, *there]):
        found, rest = candidates_from(scenario, given)
        is_whole = {one.label for one in rest} == set(asked["in_place"])
        if is_whole and [(one.name, tuple(one.doses)) for one in found] == wanted:
            return ",".join(given or ())
    return None


def explain_command(document: Document) -> str:
    """The command that makes an explanation again; empty where there is none."""
    about, pairs = document["provenance"], document["pairs"]
    known = relationships_of(read_scenario(about["scenario"]))
    types = [document["baseline"], *(pair["world"] for pair in pairs)]
    is_one = any(len(pair["stories"]) < min(2, pair["counts"]["differing"]) for pair in pairs)
    if is_one or not pairs or not set(types) <= set(known) or about["scenario_name"] not in scenario_names():
        return ""
    source = source_of(about, {"relationship": load_scenario(about["scenario_name"]).relationship})
    if source is None:
        return ""
    leads = max(len(pair["stories"]) for pair in pairs)
    return command("explain", source, {"relationships": ",".join(types), "leads": leads, "seed": about["seed"]})


def attribute_command(document: Document) -> str:
    """The command that makes an attribution again, from what was asked; empty where there is none."""
    about, asked = document["provenance"], document.get("asked")
    source, drawn = source_of(about), about.get("posterior")
    if source is None or asked is None or (drawn and not drawn["file"]):
        return ""
    lists = {name: ",".join(asked[name]) for name in ("interventions", "relationships", "players")}
    options = {**lists, "by": asked["by"], "outcome": ",".join(asked["outcomes"]), "orders": asked["orders"]}
    options |= {"replications": about["planned_replications"], "posterior": posterior_option(about)}
    return command(
        "attribute", [*source, *(["--direct"] if asked["direct"] else [])], {**options, "seed": about["seed"]}
    )


def calibrate_command(document: Document) -> str:
    """The command that makes a calibration again, from the same export; empty where there is none."""
    how = document["how"]
    if how["has_answers"] or how["base"] not in scenario_names():
        return ""
    base = load_scenario(how["base"])
    if document["results_version"] == RESULTS_VERSION and digest_of(base, how["seed"]) != how["base_digest"]:
        return ""
    options = {"out": "firm.toml", "base": how["base"], "fit-until": how["fit_until"], "bank": how["bank"]}
    return command("calibrate", [document["source_name"]], {**options, "seed": how["seed"]})
