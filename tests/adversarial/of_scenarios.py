"""Doors of scenarios and plans: their files, and the words of the command line."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from random import Random
from typing import Any

from sim.domain.rules import RULES
from sim.ensemble.provenance import digest_of
from sim.spec.catalogue import bundled, interventions, load_scenario, read_scenario, relationships, shipped, shocks
from sim.spec.edit import read_setting, with_interventions, with_relationship, with_values
from sim.spec.scenario import Scenario
from tests.adversarial.mutations import NUMBERS, TEXTS, any_value, spoilt, spoilt_bytes, spoilt_text, toml_of

#: A deep look is taken at this share of what is accepted: a few days are run.
DEEP = 0.03
MOST_PEOPLE = 200
PATHS = tuple(f"{rule.section}.{rule.name}" for rule in RULES)
OWN = """
[[timeline]]
day = 5
end_day = 30
intervention = "liaison"
dose = 2.0
ramp_days = 20
decay_days = 3
[[timeline]]
day = 9
set = { assign_rule = 1 }
[[timeline]]
day = 12
adopt = "as it is"
[[timeline]]
day = 20
shock = "budget_cut"
[[growth]]
day = 40
reps = 4
marketers = 2
managers = 1
"""


@functools.cache
def scenario_texts() -> tuple[str, ...]:
    """Texts of the shipped scenarios, and of one with everything that a scenario can have."""
    return (*(path.read_text(encoding="utf-8") for path in sorted(shipped().glob("*.toml"))), _own_text())


def _own_text() -> str:
    from sim.spec.write import scenario_toml

    known = {
        "relationships": {"as it is": relationships()["aligned"].model_dump()},
        "interventions": {"ours": interventions()["liaison"].model_dump()},
        "shocks": {"a.b": shocks()["budget_cut"].model_dump()},
    }
    content = tomllib.loads(scenario_toml(load_scenario("micro"))) | tomllib.loads(OWN) | {"catalogue": known}
    return scenario_toml(read_scenario(content))


@functools.cache
def field_names() -> tuple[str, ...]:
    """Names of fields at any place of a scenario."""
    return (*Scenario.model_fields, *(rule.name for rule in RULES), "name", "dose", "day", "set", "adopt", "levels")


def scenario_file(luck: Random, folder: Path) -> Scenario:
    """A scenario file, spoilt by structure, by characters or by bytes."""
    file = folder / "firm.toml"
    file.write_bytes(spoilt_toml(luck, luck.choice(scenario_texts()), field_names()))
    scenario = load_scenario(str(file))
    use_scenario(luck, scenario)
    return scenario


def spoilt_toml(luck: Random, text: str, names: tuple[str, ...]) -> bytes:
    """A TOML text spoilt in one of three ways."""
    way = luck.random()
    if way < 0.65:
        document = spoilt(luck, tomllib.loads(text), names)
        for _ in range(luck.randrange(3)):
            _put(document, luck.choice(PATHS), luck.choice((luck.choice(NUMBERS), luck.random(), any_value(luck))))
        return toml_of(document).encode(errors="surrogatepass")
    if way < 0.85:
        return spoilt_text(luck, text).encode(errors="surrogatepass")
    return spoilt_bytes(luck, text.encode())


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    section, name = path.split(".")
    if isinstance(document.setdefault(section, {}), dict):
        document[section][name] = value


def use_scenario(luck: Random, scenario: Scenario) -> None:
    """Resolve a scenario, write it and read it again; now and then run it for a few days."""
    from sim.ensemble.comparison import run
    from sim.spec.growth import n_persons
    from sim.spec.posterior import posterior_of
    from sim.spec.resolve import blueprint_of
    from sim.spec.write import scenario_toml

    posterior_of(scenario)
    blueprint_of(scenario)
    again = read_scenario(tomllib.loads(scenario_toml(scenario)))
    assert digest_of(again, 1) == digest_of(scenario, 1), "a scenario that is written must be read as the same"
    is_small = n_persons(scenario, scenario.run.warmup_days + scenario.run.days) <= MOST_PEOPLE
    if luck.random() < DEEP and is_small:
        short = with_values(scenario, [("run.warmup_days", 1), ("run.days", 5)])
        made = run(short, seed=luck.randrange(2**31))
        assert len(made.outcomes) > 0


def plan_file(luck: Random, folder: Path) -> Any:
    """A plan file; the points of one that is accepted are made."""
    from sim.spec.plan import load_plan

    files = sorted(bundled("experiments").glob("*.toml"))
    file = folder / "study.toml"
    names = ("factors", "design", "kind", "points", "steps", "low", "high", "runs", "outcomes", "posterior", *PATHS)
    file.write_bytes(spoilt_toml_of_plan(luck, luck.choice(files).read_text(encoding="utf-8"), names))
    plan = load_plan(str(file))
    if plan.n_points <= 3000:
        from sim.ensemble.points import StudyPoints
        from sim.ensemble.sampling import design_of
        from sim.spec.plan import base_of

        base = base_of(plan)
        StudyPoints.of(base, design_of(plan, base), plan.seed)
    return plan


def spoilt_toml_of_plan(luck: Random, text: str, names: tuple[str, ...]) -> bytes:
    """A plan spoilt; most over a small firm, which is quicker to vary."""
    return spoilt_toml(luck, text.replace('"mid"', '"micro"'), names)


def any_use(luck: Random) -> str:
    """Interventions in short, right or wrong."""
    known = (*interventions(), *shocks(), "adopt", "assign_rule", "nobody")
    number = luck.choice(("2", "0.5", "-1", "1e9", "nan", "٣", "", str(luck.choice(NUMBERS)), "aligned"))
    parts = []
    for _ in range(luck.randint(1, 4)):
        name = luck.choice(known)
        dose = f"={luck.choice((number, '1', '2'))}" if luck.random() < 0.6 else ""
        start = f"@{luck.choice((number, '5', '65'))}" if luck.random() < 0.5 else ""
        end = f"..{luck.choice((number, '130'))}" if luck.random() < 0.3 else ""
        parts.append(f"{name}{dose}{start}{end}")
    text = "+".join(parts)
    return spoilt_text(luck, text) if luck.random() < 0.4 else text


def any_setting(luck: Random) -> str:
    """A changed value as on the command line, right or wrong."""
    path = luck.choice((*PATHS, "run.days", "presets.market", "market.sources[0].share", "timeline[0].day", "name"))
    value = luck.choice((str(luck.choice(NUMBERS)), luck.choice(TEXTS), "[1,2]", "{a=1}", "true", str(luck.random())))
    text = f"{path}={value}"
    return spoilt_text(luck, text) if luck.random() < 0.3 else text


def words(luck: Random, _folder: Path) -> Scenario:
    """What stands behind --set, --relationship and --interventions."""
    scenario = load_scenario(luck.choice(("micro", "small", "mid", "startup", "growing", "Mid", "", "a/b", "x.toml")))
    if luck.random() < 0.7:
        scenario = with_values(scenario, [read_setting(any_setting(luck)) for _ in range(luck.randint(1, 3))])
    if luck.random() < 0.4:
        kind = luck.choice((*relationships(), "", "Aligned", luck.choice(TEXTS)))
        scenario = with_relationship(scenario, kind)
    if luck.random() < 0.7:
        scenario = with_interventions(scenario, any_use(luck))
    use_scenario(luck, scenario)
    return scenario
