"""Random organizations that together go nearly every way through the behaviours leave behind what they left."""

from __future__ import annotations

from sim.domain.outcomes import RESULTS_VERSION
from tests.adversarial.worlds import drawing_of, drawn, left_by, stored

OTHERS = """
Organizations {numbers} are drawn otherwise than they were (a new rule or practice, another tests/blueprints.py). Choose
worlds anew with "python -m tests.adversarial.worlds"."""
MOVED = """
Simulated results have moved in organizations {numbers} of results version {version}. If that was not meant, find the
cause. If it was, do as tests/golden/test_stored_runs.py says and "python -m tests.adversarial.worlds --renew"."""


def test_small_worlds_leave_behind_what_they_left():
    plans = {number: drawn(number) for number in stored()}
    others = [number for number, plan in plans.items() if plan is None or drawing_of(plan) != stored()[number]["drawn"]]
    assert not others, OTHERS.format(numbers=others)
    moved = [number for number, plan in plans.items() if plan and left_by(number, plan) != stored()[number]["left"]]
    assert not moved, MOVED.format(numbers=moved, version=RESULTS_VERSION)
