"""Anybody can see whether a computer makes the same bytes as those on which results were compared."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.domain.outcomes import RESULTS_VERSION
from sim.engine.run import simulate
from sim.ensemble import known_bytes
from sim.ensemble.known_bytes import KNOWN, RUNS, digest_of_world, platform_name
from sim.report.doctor import examine_bytes
from sim.spec.catalogue import load_scenario
from sim.spec.resolve import blueprint_of
from tests.unit.test_experiment_commands import smarketing


def test_this_computer_makes_the_known_bytes(tmp_path) -> None:
    done = smarketing(tmp_path, "doctor", "--bytes", "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert len(found) == 1 + len(RUNS)
    assert all(one["state"] == "ok" for one in found.values())
    assert found["platform"]["detail"] == platform_name()


def test_what_is_known_is_of_this_results_version() -> None:
    known = json.loads(KNOWN.read_text(encoding="utf-8"))
    assert known["results_version"] == RESULTS_VERSION, "python -m sim.ensemble.known_bytes"
    assert len(set(known["runs"].values())) == len(RUNS)


def test_one_bit_of_one_lead_makes_another_digest() -> None:
    world = simulate(blueprint_of(load_scenario("micro")), 1)
    before = digest_of_world(world)
    assert digest_of_world(simulate(blueprint_of(load_scenario("micro")), 1)) == before
    name = next(name for name in world.leads.dtype.names if world.leads.dtype[name] == np.float32)
    world.leads[name][0] = np.nextafter(world.leads[name][0], np.float32(np.inf))
    assert digest_of_world(world) != before


def test_a_difference_is_shown_with_both_digests_and_ends_in_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_bytes, "fresh", lambda: {"micro, undefined, seed 1": "0" * 64})
    rows = examine_bytes()
    assert rows[1][1] == "differs"
    assert "0000000000000000, not " in rows[1][2]

    from typer.testing import CliRunner

    from sim.cli import app

    done = CliRunner().invoke(app, ["doctor", "--bytes"])
    assert done.exit_code == 1
