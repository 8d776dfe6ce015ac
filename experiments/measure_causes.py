"""Measure how often taking back the named cause gives a lead its other fate, and confirm each in a run of its own.

    python experiments/measure_causes.py [--leads N] [--types N] [--seed S] [--scenario NAME]

For every intervention and rule, and for relationship types, leads that fared differently are explained. Each cause that
is a matter of decisions is then tried again outside the machinery that found it: the whole second world is run anew,
from its first morning, with these decisions held. The table is printed and, where this is a checkout, written into
docs/how-to/explain.md.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sim
from sim.analysis.rows import leads_of
from sim.domain.blueprint import Blueprint, empty_world
from sim.domain.outcomes import RESULTS_VERSION
from sim.engine.entries import found_world
from sim.engine.run import run_on
from sim.explain.divergences import Divergence
from sim.explain.explanation import named_scenarios, spread
from sim.explain.path import OPEN, fate_of
from sim.explain.recording import Held, Recording
from sim.explain.search import Finding, find_causes
from sim.explain.stories import Pair, days_late, paired
from sim.spec.catalogue import interventions

DOCS = Path(__file__).resolve().parents[1] / "docs" / "how-to" / "explain.md"
MARK = re.compile(r"<!-- measured -->\n.*?<!-- end -->", re.DOTALL)
TYPES = (("undefined", "defined"), ("undefined", "aligned"), ("undefined", "integrated"), ("aligned", "integrated"))
#: Rules of the firm that a timeline can set.
LEVERS = ("assign_rule=2", "handoff_point=0", "handoff_point=3", "service_owner=1", "reps_leave=4")


@dataclass
class Tally:
    """Leads of one or several comparisons."""

    differing: int = 0
    leads: int = 0
    one: int = 0
    several: int = 0
    joint: int = 0
    not_found: int = 0
    lost: int = 0
    same_reason: int = 0
    again: int = 0
    confirmed: int = 0
    late: int = 0

    def add(self, finding: Finding) -> None:
        """Count a lead."""
        self.leads += 1
        self.one += finding.is_restored and len(finding.causes) == 1
        self.several += finding.is_restored and len(finding.causes) == 1 and n_decisions(finding.causes[0]) > 1
        self.joint += finding.is_restored and len(finding.causes) > 1
        self.not_found += not finding.is_restored
        if finding.restored is not None and finding.first.fate == "lost":
            self.lost += 1
            self.same_reason += finding.restored.reason == finding.first.reason

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


def n_decisions(cause: Divergence) -> int:
    """Decisions that are one question: the touches of a stage, or all by which sales follows a lead up."""
    return len({(held.purpose, held.occurrence) for held in cause.back.held}) + len(cause.back.changes)


def confirmed(recording: Recording, held: tuple[Held, ...], key: int, fate: str) -> bool:
    """Whether a lead has a fate in the whole run with some decisions held, lived on where it ends too early to tell."""
    found = _fate_with(recording.plan, recording.seed, held, key)
    return (_fate_with(recording.longer.plan, recording.seed, held, key) if found == OPEN else found) == fate


def _fate_with(plan: Blueprint, seed: int, held: tuple[Held, ...], key: int) -> str:
    world = empty_world(plan, n_events=1 + len(held))
    found_world(world, seed)
    world.organization.n_held = len(held)
    for place, decision in enumerate(held, 1):
        event = world.events[place]
        event.key, event.purpose, event.occurrence, event.chance = decision
        event.day = -1
    leads = leads_of(run_on(world, 0))
    (state,) = leads["state"][leads["key"] == key]
    return fate_of(int(state))


def tally(pair: Pair, most: int) -> Tally:
    """Explain some leads of two worlds, and confirm their causes."""
    found = Tally(differing=len(pair.differing))
    for key in spread(pair.differing, most):
        finding = find_causes(*pair.worlds, key)
        found.add(finding)
        found.late += days_late(pair, finding) > 0
        backs = [cause.back for cause in finding.causes]
        if finding.is_restored and not any(back.changes for back in backs):
            held = tuple(decision for back in backs for decision in back.held)
            found.again += 1
            found.confirmed += confirmed(pair.worlds[1], held, key, finding.first.fate)
    return found


def tallies(name: str, seed: int, leads: int, types: int) -> Iterator[tuple[str, Tally]]:
    """A tally for each comparison, with its name."""
    scenario = sim.load_scenario(name)
    for both in TYPES:
        first, second = named_scenarios([scenario], both, [])
        yield " → ".join(both), tally(paired(first[1], second[1], seed), types)
    for use in (*interventions(), *LEVERS):
        first, second = named_scenarios([scenario], [], [use])
        yield f"{first[0]} → {use}", tally(paired(first[1], second[1], seed), leads)


def row(name: str, found: Tally) -> str:
    share = found.one / max(1, found.leads)
    cells = [name, f"{found.differing:,}", f"{found.leads:,}", f"{share:.1%}".replace("%", " %"), found.several]
    cells += [found.joint, found.not_found, f"{found.confirmed:,} of {found.again:,}"]
    return "| " + " | ".join(map(str, cells)) + " |"


COLUMNS = (
    "worlds",
    "leads that differ",
    "looked at",
    "one cause",
    "of several decisions",
    "joint causes",
    "none found",
)
HEAD = "| " + " | ".join([*COLUMNS, "confirmed"]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--leads", type=int, default=40, help="of each intervention")
    parser.add_argument("--types", type=int, default=100, help="of each pair of types")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", default="mid")
    options = parser.parse_args()
    start, rows, parts = time.perf_counter(), [], {"types": Tally(), "interventions": Tally()}
    for name, found in tallies(options.scenario, options.seed, options.leads, options.types):
        rows.append(row(name, found))
        kind = "types" if name in {" → ".join(both) for both in TYPES} else "interventions"
        parts[kind] = parts[kind].plus(found)
        print(rows[-1], file=sys.stderr, flush=True)
    whole = parts["types"].plus(parts["interventions"])
    rows += [
        row("all types", parts["types"]),
        row("all interventions and rules", parts["interventions"]),
        row("**all**", whole),
    ]
    told = f"{options.scenario}, seed {options.seed}, results version {RESULTS_VERSION}"
    reason = (
        f"Where the first world lost the lead, its reason comes back too in {whole.same_reason:,} of {whole.lost:,}."
        f" {whole.late:,} of these leads come so late with the cause taken back that the run had to be lived on to see"
        " their fate."
    )
    text = "\n".join([f"Measured on {told}. {reason}", "", HEAD, "|" + "---|" * 8, *rows])
    print(f"{text}\n{time.perf_counter() - start:.0f} s")
    if DOCS.exists() and MARK.search(page := DOCS.read_text(encoding="utf-8")):
        block = f"<!-- measured -->\n{text}\n<!-- end -->"
        DOCS.write_text(MARK.sub(lambda _: block, page), encoding="utf-8")


if __name__ == "__main__":
    main()
