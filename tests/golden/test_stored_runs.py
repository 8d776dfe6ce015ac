"""Small stored runs: results move only when a commit says so."""

from __future__ import annotations

import json

from sim.domain.outcomes import RESULTS_VERSION
from tests.golden.renew import STORED, VERSIONS, digests_of, fresh

MOVED = """
Simulated results have moved in: {names}.
If that was not meant, find the cause. If it was: raise RESULTS_VERSION in sim/domain/outcomes.py, renew the stored
runs with "python -m tests.golden.renew", and say in CHANGELOG under "Results changed" what moved and why; all in a
commit of its own."""
STALE = """
RESULTS_VERSION is {code}, but the stored runs are of version {stored}: renew them with "python -m tests.golden.renew"
in the commit that raises it."""


def test_results_move_only_with_the_results_version():
    stored, now = json.loads(STORED.read_text(encoding="utf-8")), fresh()
    assert stored["results_version"] == RESULTS_VERSION, STALE.format(
        code=RESULTS_VERSION, stored=stored["results_version"]
    )
    names = [name for name, run in now["runs"].items() if stored["runs"].get(name) != run]
    assert not names, MOVED.format(names="; ".join(names))
    assert stored["runs"].keys() == now["runs"].keys()


def test_every_results_version_has_runs_of_its_own():
    versions = json.loads(VERSIONS.read_text(encoding="utf-8"))
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert [*versions] == [str(number) for number in range(1, RESULTS_VERSION + 1)]
    assert versions[str(RESULTS_VERSION)] == digests_of(stored)
    for number in range(2, RESULTS_VERSION + 1):
        before, now = versions[str(number - 1)], versions[str(number)]
        moved = [name for name in now if name in before and now[name] != before[name]]
        assert moved, f"version {number} has the results of version {number - 1}: it need not have been raised"
