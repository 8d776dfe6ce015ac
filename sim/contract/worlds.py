"""The firms in which an extension is tried: small ones of several kinds, with its agents and without."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from sim.domain.extensions import SWITCH, Extension
from sim.domain.records import World
from sim.engine.run import simulate
from sim.spec.catalogue import interventions, load_scenario
from sim.spec.edit import with_interventions, with_value
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

#: What firms are tried: values by path.
FIRMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "two units": {"people.units": 2},
    "talks before the hand-off": {"handoff.handoff_point": 2},
    "many inquiries": {"market.raw_leads_per_rep_day": 1.2},
}
#: Working days of a trial, and of its warm-up: two quarters end in it.
DAYS, WARMUP = 140, 30


def firm(name: str = "plain", uses: str = "") -> Scenario:
    """A small firm of a kind, with interventions as the command line writes them."""
    scenario = load_scenario("small")
    for path, value in {"run.days": DAYS - WARMUP, "run.warmup_days": WARMUP, **FIRMS[name]}.items():
        scenario = with_value(scenario, path, value)
    return with_interventions(scenario, uses) if uses else scenario


def dose(name: str, share: float) -> str:
    """A share of an intervention's usual dose, as the command line writes it."""
    return f"{name}={share * interventions()[name].default_dose!r}"


def hiring(extension: Extension) -> list[str]:
    """Interventions of a package that bring its agents."""
    names = {agent.name for agent in extension.agents}
    return [name for name in extension.interventions if names & set(interventions()[name].practices)]


def lived(scenario: Scenario, seed: int = 1) -> World:
    """The firm after its last day, in memory of its own."""
    return simulate(blueprint_of(scenario), seed)


def elsewhere(code: str, **environment: str) -> str:
    """What a fresh Python prints that runs this code; its errors are told."""
    here = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=here, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def without_extensions(code: str) -> str:
    """The same where no extension is installed."""
    return elsewhere(code, **{SWITCH: "none"})
