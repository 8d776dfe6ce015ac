"""The contract: tests that a package which extends smarketing inherits.

In a test file of the package::

    from sim.contract import ExtensionContract


    class TestContract(ExtensionContract):
        package = "smarketing-sdr"

Each test says in its name what must hold, and its message says what does not. Docs: docs/how-to/extend.md.
"""

from __future__ import annotations

import inspect
import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from sim.contract import sources, worlds
from sim.contract.invariants import check_all_evenings
from sim.contract.left_behind import digest_of_world, own_digest
from sim.domain.extensions import Extension, added_purposes, extensions, function_of
from sim.domain.records import World
from sim.domain.vocabulary import PURPOSES
from sim.engine.added import behaviour_of, measured_by
from sim.engine.run import outcomes_of, simulate, simulate_here
from sim.model.organization import Organization
from sim.spec.basis import ASSUMPTION, basis_of
from sim.spec.catalogue import interventions
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

#: What a fresh Python prints of a firm: digests of what is left behind, whole and of ours.
PRINT_DIGEST = """
from sim.contract.left_behind import {digest}
from sim.contract.worlds import firm, lived
world = lived(firm({kind!r}, {uses!r}))
print({digest}(world))
"""
#: Units in which a share must lie within 0 and 1, and words that say nothing.
SHARES, EMPTY_WORDS = ("share", "prob."), {"", "todo", "tbd", "fixme", "xxx", "?"}


class ExtensionContract:
    """What every extension keeps; a package names itself and inherits the tests.

    Attributes
    ----------
    package : str
        Name of the distribution.
    seeds : tuple of int
        Luck that the trials are run on.
    """

    package: ClassVar[str] = ""
    seeds: ClassVar[tuple[int, ...]] = (1, 20_240_501)

    @property
    def extension(self) -> Extension:
        """The package under test."""
        found = [each for each in extensions() if each.package == self.package]
        assert found, f"{self.package!r} is not installed, or has no entry point smarketing.extensions"
        return found[0]

    def used(self, kind: str = "plain", share: float = 1.0) -> Scenario:
        """A firm of a kind with every intervention of the package that brings agents, at a share of the usual dose."""
        hiring = worlds.hiring(self.extension)
        assert hiring or not self.extension.agents, "no intervention of the package brings its agents"
        return worlds.firm(kind, "+".join(worlds.dose(name, share) for name in hiring))

    def kinds(self) -> list[tuple[str, Scenario]]:
        """Every kind of firm with the package's agents, and one with each of its interventions."""
        firms = [(kind, self.used(kind)) for kind in worlds.FIRMS]
        return firms + [(name, worlds.firm("plain", name)) for name in self.extension.interventions]

    # --- What is declared -------------------------------------------------------------------------------------------

    def test_everything_says_what_it_is_and_what_it_rests_on(self) -> None:
        said = {"description": self.extension.description}
        for outcome in self.extension.outcomes:
            said |= {f"{outcome.name}.{field}": getattr(outcome, field) for field in ("label", "meaning", "source")}
        for agent in self.extension.agents:
            said |= {f"{agent.name}.{field}": getattr(agent, field) for field in ("label", "meaning", "source")}
            for each in agent.parameters:
                said |= {
                    f"{agent.name}.{each.name}.meaning": each.meaning,
                    f"{agent.name}.{each.name}.source": each.source,
                }
        for name in self.extension.interventions:
            entry = interventions()[name]
            said |= {f"{name}.description": entry.description, f"{name}.evidence": entry.evidence}
        empty = [field for field, text in said.items() if text.strip().lower() in EMPTY_WORDS]
        assert not empty, f"says nothing: {', '.join(empty)}"
        bare = [field for field, text in said.items() if _is_bare_assumption(field, text)]
        assert not bare, f"an assumption must say why, as in 'A: because …': {', '.join(bare)}"

    def test_units_and_ranges_are_declared_and_fit_together(self) -> None:
        wrong = [each.name for each in self.extension.outcomes if each.unit == "share" and not _is_share(each)]
        for agent in self.extension.agents:
            finite = [math.isfinite(each.low) and math.isfinite(each.high) for each in agent.parameters]
            shares = [each.unit not in SHARES or _is_share(each) for each in agent.parameters]
            names = [f"{agent.name}.{each.name}" for each in agent.parameters]
            wrong += [name for name, *fits in zip(names, finite, shares, strict=True) if not all(fits)]
        assert not wrong, f"ranges that are infinite, or of shares beyond 0–1: {', '.join(wrong)}"

    def test_constants_of_places_are_those_of_the_declaration(self) -> None:
        wrong = sources.wrong_places(self.extension)
        assert not wrong, "\n".join(wrong)

    def test_what_it_adds_has_a_docstring(self) -> None:
        added = [function_of(each.function, self.package) for each in self.extension.outcomes]
        added += [function_of(agent.agent_class, self.package) for agent in self.extension.agents]
        added += [behaviour_of(agent).function for agent in self.extension.agents]
        bare = [each.__name__ for each in added if not (each.__doc__ or "").strip()]
        assert not bare, f"without a docstring: {', '.join(bare)}"

    # --- How its code is written ------------------------------------------------------------------------------------

    def test_kernels_keep_the_rules(self) -> None:
        broken = sources.broken_rules(self.extension)
        assert not broken, "\n".join(broken)

    def test_kernels_write_to_their_own_row_and_through_surfaces_only(self) -> None:
        foreign = sources.foreign_writes(self.extension)
        assert not foreign, "\n".join(foreign)

    def test_luck_is_drawn_for_declared_purposes_only(self) -> None:
        foreign = sources.foreign_luck(self.extension)
        assert not foreign, "\n".join(foreign)
        assert not set(added_purposes()) & set(PURPOSES)

    # --- What it does -----------------------------------------------------------------------------------------------

    def test_its_agents_do_something(self) -> None:
        for agent in self.extension.agents:
            world = worlds.lived(self.used())
            mine = world.agents[world.agents["kind"] == agent.kind]
            assert (np.asarray(mine["hours_used"]) > 0).any(), f"no {agent.name} spends an hour: does it take_hours?"

    def test_a_dose_of_zero_changes_no_byte(self) -> None:
        for kind in worlds.FIRMS:
            plain, zero = worlds.firm(kind), self.used(kind, 0.0)
            for seed in self.seeds:
                same = digest_of_world(worlds.lived(plain, seed)) == digest_of_world(worlds.lived(zero, seed))
                assert same, f"{kind}: dose 0 is not nothing"

    def test_a_dose_books_its_cost(self) -> None:
        for name in self.extension.interventions:
            entry = interventions()[name]
            world = worlds.lived(worlds.firm("plain", name))
            booked = float(np.asarray(world.journal["intervention_cost"]).sum())
            due = entry.cost(entry.default_dose, _persons(world))
            assert math.isclose(booked, due, rel_tol=1e-9, abs_tol=1e-6), (
                f"{name}: {booked:g} is booked, {due:g} is due"
            )
        for agent in self.extension.agents:
            plain, more = worlds.lived(worlds.firm()), worlds.lived(self.used())
            paid = float((np.asarray(more.journal["pay"]) - np.asarray(plain.journal["pay"])).sum())
            assert paid > 0 or agent.value_of("pay") == 0, f"{agent.name}: works without pay"

    def test_same_seed_same_bytes(self) -> None:
        for _, scenario in self.kinds():
            plan = blueprint_of(scenario)
            first = simulate(plan, 1)
            again = simulate(plan, 1, simulate(plan, 2))
            assert digest_of_world(first) == digest_of_world(again), "a world remembers an earlier run"

    def test_both_drivers_leave_the_same_bytes(self) -> None:
        for name, scenario in self.kinds():
            for seed in self.seeds:
                model = Organization(blueprint=blueprint_of(scenario), seed=seed)
                model.run()
                same = digest_of_world(model.world) == digest_of_world(worlds.lived(scenario, seed))
                assert same, f"{name}: Mesa and the compiled loop differ"

    def test_threads_change_nothing(self) -> None:
        plan = blueprint_of(self.used())
        alone = [digest_of_world(simulate_here(plan, seed)) for seed in range(4)]
        with ThreadPoolExecutor(2) as threads:
            together = list(threads.map(lambda seed: digest_of_world(simulate_here(plan, seed)), range(4)))
        assert together == alone

    def test_processes_change_nothing(self) -> None:
        uses = "+".join(worlds.hiring(self.extension))
        code = PRINT_DIGEST.format(kind="plain", uses=uses, digest="digest_of_world")
        assert worlds.elsewhere(code) == digest_of_world(worlds.lived(self.used()))

    def test_plain_python_leaves_the_same_bytes(self) -> None:
        code = """
import json
from sim.contract.left_behind import digest_of_world
from sim.contract.worlds import lived
from sim.spec.catalogue import read_scenario
print(digest_of_world(lived(read_scenario(json.loads({text!r})))))
"""
        short = self._short()
        text = json.dumps(short.model_dump(mode="json"))
        plain = worlds.elsewhere(code.format(text=text), NUMBA_DISABLE_JIT="1")
        assert plain == digest_of_world(worlds.lived(short)), "compiled and plain Python differ"

    def _short(self) -> Scenario:
        """A firm of a few weeks, as plain Python is slow."""
        run: Any = self.used().run
        return self.used().model_copy(update={"run": run.model_copy(update={"days": 50, "warmup_days": 10})})

    def test_the_first_room_for_leads_changes_nothing(self) -> None:
        plan = blueprint_of(self.used())
        model = Organization(blueprint=plan, seed=1, capacity=1)
        model.run()
        assert digest_of_world(model.world) == digest_of_world(simulate(plan, 1))

    @pytest.mark.parametrize("kind", worlds.FIRMS)
    def test_everything_is_accounted_for_on_every_evening(self, kind: str) -> None:
        check_all_evenings(blueprint_of(self.used(kind)), self.seeds[0])
        check_all_evenings(blueprint_of(self.used(kind, 0.3)), self.seeds[-1])

    def test_outcomes_lie_within_their_range_and_leave_the_world_as_it_is(self) -> None:
        for _, scenario in [("plain", worlds.firm()), *self.kinds()]:
            world = worlds.lived(scenario)
            before = digest_of_world(world)
            values = [measured_by(each, world) for each in self.extension.outcomes]
            again = [measured_by(each, world) for each in self.extension.outcomes]
            assert np.array_equal(values, again, equal_nan=True), "measured twice, an outcome differs"
            assert digest_of_world(world) == before, "an outcome changes the world that it measures"

    def test_every_outcome_exists_somewhere(self) -> None:
        found: dict[str, bool] = {each.name: False for each in self.extension.outcomes}
        for _, scenario in self.kinds():
            measured = outcomes_of(worlds.lived(scenario))
            found = {name: there or not math.isnan(measured[name]) for name, there in found.items()}
        never = [name for name, there in found.items() if not there]
        assert not never, f"no firm has it: {', '.join(never)}"

    def test_without_the_package_our_results_are_the_same(self) -> None:
        code = PRINT_DIGEST.format(kind="plain", uses="", digest="own_digest")
        assert worlds.without_extensions(code) == own_digest(worlds.lived(worlds.firm()))

    def test_a_result_says_what_it_rests_on_and_asks_for_it(self, tmp_path: Path) -> None:
        import sim

        result = tmp_path / "run.json"
        single = sim.run(self.used())
        result.write_text(json.dumps(single.document()), encoding="utf-8")
        assert self.package in [each["package"] for each in single.provenance["extensions"]]
        code = """
from sim.domain.errors import InputError
from sim.ensemble.replay import replay
try:
    print(replay({path!r}).is_equal)
except InputError as error:
    print(error)
"""
        assert worlds.elsewhere(code.format(path=str(result))) == "True"
        assert self.package in worlds.without_extensions(code.format(path=str(result)))


def _is_share(each: Any) -> bool:
    """Whether a range is that of a share."""
    return bool(each.low >= 0.0 and each.high <= 1.0)


def _is_bare_assumption(field: str, text: str) -> bool:
    """Whether a source only says that it is an assumption."""
    is_source = field.endswith((".source", ".evidence"))
    return (
        is_source and basis_of(text) == ASSUMPTION and len(text.partition(":")[2].split()) == 0 and text.startswith("A")
    )


def _persons(world: World) -> int:
    """People of the whole firm on its first day, as a one-off cost per person counts them."""
    firm = world.organization
    heads = firm.unit_marketers + firm.unit_reps + firm.unit_managers - firm.n_generalists
    return int(firm.n_units * heads)


def contract_tests() -> list[str]:
    """Names of the tests that a package inherits."""
    return [name for name, _ in inspect.getmembers(ExtensionContract, inspect.isfunction) if name.startswith("test_")]
