"""Hold `decide` against trying every portfolio in every order, on decisions of five and six candidates.

    python experiments/try_every_order.py [--replications N] [--again N] [--only PLACE ...]

Each decision is made by `sim.decide` and by hand: every choice of the candidates in every order, dated here without any
part of the search, is run on the same luck as the last comparison of `decide`, and for each of four budgets the best is
taken by the same rule: of those that keep the goal's limits and are distinguishably better than doing nothing, adjusted
for the number of all of them, the highest mean. Where the two are not the same portfolio, both are run again on luck
that neither has seen, and it is told by how much the one is better. The table is printed and, where this is a checkout,
written into docs/decisions/0040-from-a-budget-to-a-portfolio.md.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.analysis.multiplicity import holm
from sim.analysis.paired import compare_pairs
from sim.decide.bench import Bench
from sim.decide.choice import choose, usual_indifference
from sim.decide.goals import Goal, excesses, gains, goal_from, means_of
from sim.decide.options import judged
from sim.decide.portfolios import text_of
from sim.decide.question import question_of
from sim.decide.search import FRESH, search
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.seeds import run_seed
from sim.spec.catalogue import interventions
from sim.spec.edit import with_interventions, with_values
from sim.spec.resolve import blueprint_of

DOCS = Path(__file__).resolve().parents[1] / "docs" / "decisions" / "0040-from-a-budget-to-a-portfolio.md"
MARK = re.compile(r"<!-- orders -->\n.*?<!-- end -->", re.DOTALL)
BUDGETS = (0.0, 6_000.0, 60_000.0, 1e9)
#: First replication of luck that neither the search nor the comparison has seen.
UNSEEN = 500_000

FAST = "executive_support=0.9,response_sla=0.7,list_price=0.05,handoff_definition=0.85,close_the_loop=0.9"
WIDE = "liaison=1,executive_support=0.9,disciplined_meetings=6,salesforce_feedback=0.6,handoff_definition=0.85"
MONEY = "programme_budget=0.2,list_price=-0.05,joint_events=2,joint_pricing=0.8,sales_headcount=0.05"


@dataclass(frozen=True)
class Asked:
    """A small decision: candidates with their doses, how many changes at once, horizon in working days, and goal."""

    names: str
    capacity: int
    days: int
    goal: str = "profit"


SMALL = (
    Asked(FAST, 1, 130),
    Asked(WIDE, 2, 130),
    Asked(MONEY, 1, 65),
    Asked(FAST, 2, 130, "conflict"),
    Asked(WIDE, 3, 130, "profit,conflict<=95%"),
    Asked(f"{FAST},collocation=0.8", 3, 130),
    Asked(f"{WIDE},response_sla=0.7", 2, 65, "bookings"),
    Asked(f"{FAST},joint_assignments=1.5", 2, 65, "0.7*profit+0.3*conflict"),
    Asked(f"{FAST},joint_pricing=0.8", 1, 130),
)


def firm(days: int) -> sim.Scenario:
    """The smallest firm, over so many working days."""
    values = {"run.days": days, "run.warmup_days": 20, "people.proximity_floor": 0.0}
    return with_values(sim.load_scenario("micro"), values.items())


def every_portfolio(asked: Asked) -> Iterator[str]:
    """Every choice in every order, as ``--interventions`` takes it, each once, as far as all of it begins in time."""
    names, told = asked.names.split(","), set()
    known = interventions()
    for many in range(len(names) + 1):
        for order in itertools.permutations(names, many):
            free, parts = [0] * asked.capacity, []
            for one in order:
                name = one.partition("=")[0]
                begin = min(free)
                free[free.index(begin)] += int(known[name].ramp_days)
                parts.append((begin, name, f"{one}@{begin}"))
            text = "+".join(part for _, _, part in sorted(parts))
            if text not in told and all(begin < asked.days for begin, _, _ in parts):
                told.add(text)
                yield text


def outcomes(scenario: sim.Scenario, seed: int, text: str, first: int, many: int) -> Any:
    """Outcomes of a portfolio, float64 of shape (many, outcomes), from a replication on."""
    plan = blueprint_of(with_interventions(scenario, text) if text else scenario)
    return np.array([outcomes_of(simulate(plan, run_seed(seed, first + one))).tolist() for one in range(many)])


@dataclass(frozen=True)
class Tried:
    """What comes of a decision at a budget, made both ways."""

    both: tuple[str, str]
    said: str

    @property
    def is_same(self) -> bool:
        """Whether both came to the same portfolio."""
        return self.both[0] == self.both[1]


def tried(asked: Asked, seed: int, replications: int, again: int) -> tuple[int, int, list[Tried]]:
    """Make a decision both ways: portfolios, those that `decide` compared to the end, and a result for each budget."""
    scenario, goal = firm(asked.days), goal_from(asked.goal)
    wanted: dict[str, Any] = {"interventions": asked.names.split(","), "goal": asked.goal, "capacity": asked.capacity}
    question = question_of(scenario, **wanted, seed=seed, replications=replications)
    bench = Bench(question, None, None, lambda _: None)
    options = judged(bench, search(bench).finalists)
    texts = list(every_portfolio(asked))
    with ThreadPoolExecutor() as pool:
        rows = list(pool.map(lambda text: outcomes(scenario, seed, text, FRESH, replications), texts))
    means, prices = worthwhile(goal, dict(zip(texts, rows, strict=True))), priced(bench, texts)
    margin, found = usual_indifference(bench), []
    for budget in BUDGETS:
        best = max((text for text in means if prices[text] <= budget), key=means.__getitem__, default="")
        choice = text_of(choose(bench, options, budget, np.inf, margin).best.portfolio)
        known = next((one for one in found if one.both == (choice, best)), None)
        found.append(known or _compared((choice, best), scenario, seed, (goal, again)))
    return len(texts), len(options), found


def worthwhile(goal: Goal, by_hand: dict[str, Any]) -> dict[str, float]:
    """Mean gain of all that keeps the limits and is distinguishably better than doing nothing; or keeps them alone."""
    nothing = by_hand[""]
    gained = {text: gains(goal, rows, nothing) for text, rows in by_hand.items() if text}
    pairs = {text: compare_pairs(gain, 0.0 * gain, "higher") for text, gain in gained.items()}
    adjusted = dict(zip(pairs, holm([pair.p for pair in pairs.values()]), strict=True))
    kept = {text: bool((means_of(excesses(goal, rows, nothing)) <= 0.0).all()) for text, rows in by_hand.items()}
    means = {text: float(means_of(gain)) for text, gain in gained.items() if kept[text]}
    surely = {text for text, p in adjusted.items() if p is not None and p <= 0.05}
    return {text: mean for text, mean in means.items() if not kept[""] or (mean > 0.0 and text in surely)}


def priced(bench: Bench, texts: list[str]) -> dict[str, float]:
    """Money of the dearest year of each portfolio; a price is the same on every luck."""
    from sim.decide.portfolios import Start

    portfolios = {text: tuple(Start(*_part(part)) for part in text.split("+") if part) for text in texts}
    bench.fill(list(portfolios.values()), range(1))
    return {text: bench.price(portfolio).yearly for text, portfolio in portfolios.items()}


def _part(text: str) -> tuple[str, float, int]:
    name, _, rest = text.partition("=")
    dose, _, day = rest.partition("@")
    return name, float(dose), int(day)


def _compared(both: tuple[str, str], scenario: sim.Scenario, seed: int, how: tuple[Goal, int]) -> Tried:
    """The choice of `decide` against that by hand; on new luck where they are not the same."""
    goal, again = how
    if both[0] == both[1]:
        return Tried(both, "the same")
    rows = [outcomes(scenario, seed, text, UNSEEN, again) for text in (*both, "")]
    ours, theirs = (gains(goal, own, rows[2]) for own in rows[:2])
    pair = compare_pairs(ours, theirs, "higher")
    low, high = (float("nan") if end is None else end for end in (pair.ci_low, pair.ci_high))
    verdict = "worse" if high < 0.0 else "better" if low > 0.0 else "not distinguishable"
    broken = means_of(excesses(goal, rows[1], rows[2]))
    note = ", and by hand breaks the limit there" if (broken > 0.0).any() else ""
    return Tried(both, f"{verdict} ({pair.difference:+,.3g}, {low:+,.3g} to {high:+,.3g}){note}")


def row(asked: Asked, sizes: tuple[int, int], found: list[Tried]) -> str:
    """A line of the table."""
    many = len(asked.names.split(","))
    same = sum(one.is_same for one in found)
    others = "; ".join(dict.fromkeys(one.said for one in found if not one.is_same)) or "–"
    cells = [many, asked.capacity, asked.days, asked.goal, *sizes, f"{same} of {len(found)}", others]
    return "| " + " | ".join(map(str, cells)) + " |"


HEAD = (
    "candidates",
    "at once",
    "days",
    "goal",
    "portfolios",
    "finalists",
    "budgets with the same choice",
    "the others, on new luck",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=40, help="of the last comparison, by both")
    parser.add_argument("--again", type=int, default=400, help="replications of new luck where the two differ")
    parser.add_argument("--only", type=int, nargs="*", help="places in the list of decisions")
    given = parser.parse_args()
    start, rows = time.perf_counter(), []
    for place in range(len(SMALL)) if given.only is None else given.only:
        n_all, n_last, found = tried(SMALL[place], 100 + place, given.replications, given.again)
        rows.append(row(SMALL[place], (n_all, n_last), found))
        print(f"{time.perf_counter() - start:5.0f} s {rows[-1]}", file=sys.stderr, flush=True)
    text = "\n".join(["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD), *rows])
    print(f"{text}\n{time.perf_counter() - start:.0f} s")
    if given.only is None and DOCS.exists() and MARK.search(page := DOCS.read_text(encoding="utf-8")):
        block = f"<!-- orders -->\n{text}\n<!-- end -->"
        DOCS.write_text(MARK.sub(lambda _: block, page), encoding="utf-8")


if __name__ == "__main__":
    main()
