"""Whatever order a user does things in: edits of a scenario, and what befalls a study on disk."""

from __future__ import annotations

import functools
import shutil
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import sim
from sim.app.links import View, read_view
from sim.domain.errors import InputError
from sim.domain.rules import RULES, is_whole
from sim.ensemble import sweep
from sim.ensemble.experiment import load
from sim.ensemble.merging import merge
from sim.ensemble.provenance import digest_of
from sim.report.terminal import python_scenario
from sim.spec.catalogue import load_scenario, read_scenario, relationships
from sim.spec.edit import read_setting, with_interventions, with_relationship, with_value
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml
from tests.unit.small_studies import exported, plan_of, run, stop_after

USES = ("liaison", "liaison=2@65", "collocation=0.5", "learn_together@10..90", "adopt=aligned@30", "response_sla@5")
BAD = (("people.reps", 0), ("market.gap_days", "soon"), ("nothing.here", 1), ("people.reps", True), ("run.days", -1))
#: Each number within its range; sizes stay small, since a page takes no others.
SETTABLE = [each for each in RULES if each.section not in ("people", "mechanisms") and each.high > each.low]


class Scenarios(RuleBasedStateMachine):
    """A user who edits a scenario: by value, by type, by what management does, rightly and wrongly."""

    @initialize(name=st.sampled_from(["micro", "small", "startup"]))
    def begin(self, name: str) -> None:
        self.name, self.sets, self.kind, self.uses = name, list[str](), "", list[str]()
        self.scenario = load_scenario(name)

    @rule(which=st.sampled_from(SETTABLE), share=st.floats(0, 1))
    def set_a_number(self, which: Any, share: float) -> None:
        value = which.low + share * (which.high - which.low)
        value = int(value) if is_whole(which) else value
        path = f"{which.section}.{which.name}"
        try:
            self.scenario = with_value(self.scenario, path, value)
        except InputError as error:  # within its own range, yet too much together with another
            if "inquiries a day" not in error.rule:
                raise
            return
        self.sets.append(f"{path}={value!r}")

    @rule(kind=st.sampled_from(sorted(relationships())))
    def turn_to(self, kind: str) -> None:
        self.scenario, self.kind = with_relationship(self.scenario, kind), kind

    @precondition(lambda self: len(self.uses) < 4)
    @rule(use=st.sampled_from(USES))
    def do(self, use: str) -> None:
        self.scenario = with_interventions(self.scenario, use)
        self.uses.append(use)

    @rule(bad=st.sampled_from(BAD))
    def slip(self, bad: tuple[str, Any]) -> None:
        before = digest_of(self.scenario, 1)
        with pytest.raises(InputError) as refused:
            with_value(self.scenario, *bad)
        assert refused.value.mend
        assert digest_of(self.scenario, 1) == before

    @invariant()
    def can_run(self) -> None:
        blueprint_of(self.scenario)

    @invariant()
    def is_the_same_written_and_read(self) -> None:
        assert digest_of(read_scenario(tomllib.loads(scenario_toml(self.scenario))), 1) == digest_of(self.scenario, 1)

    @invariant()
    def is_the_same_by_its_link(self) -> None:
        text = "+".join([*([self.kind] if self.kind else []), *self.uses])
        view = View(self.name, tuple(self.sets), (text,))
        if len(view.query()) <= 2000:
            assert digest_of(read_view(view.query()).scenarios()[0], 1) == digest_of(self.scenario, 1)

    @invariant()
    def is_the_same_in_python(self) -> None:
        made = eval(python_scenario(self.name, [read_setting(text) for text in self.sets]), {"sim": sim})
        made = made if isinstance(made, Scenario) else load_scenario(made)
        made = with_relationship(made, self.kind) if self.kind else made
        for use in self.uses:
            made = with_interventions(made, use)
        assert digest_of(made, 1) == digest_of(self.scenario, 1)


@functools.cache
def undisturbed(replications: int) -> dict[str, str]:
    """Digests of what a study exports that nothing befell."""
    with tempfile.TemporaryDirectory() as place:
        run(plan_of(replications=replications), Path(place) / "store")
        return exported(Path(place) / "store")


class Stores(RuleBasedStateMachine):
    """A study that is run, stopped, extended, damaged and merged in any order: nothing of it shows in the end."""

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="smarketing-machine-"))
        self.store, self.replications = self.place / "store", 10
        run(plan_of(replications=self.replications), self.store)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        study = run(plan_of(replications=self.replications), self.store)
        assert study.status.state == "complete"
        assert exported(self.store) == undisturbed(self.replications)
        shutil.rmtree(self.place)

    @precondition(lambda self: self.replications < 40)
    @rule()
    def extend(self) -> None:
        self.replications += 10
        run(plan_of(replications=self.replications), self.store, extend=True)

    @precondition(lambda self: self.replications < 40)
    @rule(n_chunks=st.integers(0, 2))
    def extend_and_be_interrupted(self, n_chunks: int) -> None:
        self.replications += 10
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sweep, "run_task", stop_after(n_chunks))
            with suppress(KeyboardInterrupt):
                run(plan_of(replications=self.replications), self.store, extend=True)

    @rule(data=st.data())
    def lose_a_file(self, data: st.DataObject) -> None:
        self._chunk(data).unlink()

    @rule(data=st.data(), share=st.floats(0, 0.999))
    def damage_a_file(self, data: st.DataObject, share: float) -> None:
        path = self._chunk(data)
        content = bytearray(path.read_bytes())
        content[int(share * len(content))] ^= 1
        path.write_bytes(content)

    @rule()
    def copy_and_merge(self) -> None:
        other = self.place / f"other-{len(list(self.place.iterdir()))}"
        shutil.copytree(self.store, other)
        merge(self.store, [other])

    @rule()
    def resume(self) -> None:
        assert run(plan_of(replications=self.replications), self.store).status.missing == 0

    @invariant()
    def can_be_looked_at(self) -> None:
        if hasattr(self, "store"):
            status = load(self.store).status
            assert status.done + status.missing == 4 * self.planned
            assert status.state in ("complete", "incomplete")

    @property
    def planned(self) -> int:
        """Replications that the store itself plans."""
        return load(self.store).plan.most_replications

    def _chunk(self, data: st.DataObject) -> Path:
        files = sorted(path for path in self.store.rglob("*.parquet") if "set-aside" not in path.parts)
        return data.draw(st.sampled_from(files))


Scenarios.TestCase.settings = settings(max_examples=25, stateful_step_count=8, deadline=None, derandomize=True)
Stores.TestCase.settings = settings(max_examples=4, stateful_step_count=6, deadline=None, derandomize=True)
TestScenarios = Scenarios.TestCase
TestStores = pytest.mark.slow(Stores.TestCase)
