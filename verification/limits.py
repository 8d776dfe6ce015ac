"""What must change nothing, what must scale, and where the model must come to rest."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.contract.left_behind import differing, parts
from sim.domain.blueprint import empty_world
from sim.domain.rules import RULES
from sim.engine.entries import found_world
from sim.engine.run import outcomes_of, run_on, simulate
from sim.spec.catalogue import interventions, load_scenario
from sim.spec.edit import with_interventions, with_relationship
from sim.spec.resolve import blueprint_of
from verification.checks import LIMITS, Effort, Finding, check, equal_to, likely, none_of
from verification.firms import course, runs, shipped, still

ROOT = Path(__file__).resolve().parents[1]
TYPES = ("undefined", "defined", "aligned", "integrated")


def unlike(plans: Any, seed: int = 5) -> tuple[int, int, str]:
    """Of pairs of plans those that leave other bytes behind, their number, and what differs first."""
    wrong, first, n = 0, "", 0
    for name, one, other in plans:
        found = differing(simulate(one, seed), simulate(other, seed))
        wrong += bool(found)
        first = first or (f"; {name}: {', '.join(found)}" if found else "")
        n += 1
    return wrong, n, first


def same_bytes(plans: Any, what: str) -> Finding:
    """A finding from pairs of plans that must leave the same bytes."""
    wrong, n, first = unlike(plans)
    return none_of(wrong, n, what + first)


@check(
    LIMITS,
    "dose-zero",
    "Each shipped intervention at dose 0 against no intervention, under four types: equal bytes",
    "an intervention that is not taken cost money, took time or moved luck",
    error_rate=0.0,
)
def dose_zero(effort: Effort) -> Finding:
    """All that a run leaves behind."""
    types = TYPES if not effort.is_quick else TYPES[:1]
    bases = {name: with_relationship(load_scenario("micro"), name) for name in types}
    plans = [
        (name, blueprint_of(with_interventions(base, f"{name}=0")), blueprint_of(base))
        for base in bases.values()
        for name in interventions()
    ]
    return same_bytes(plans, "interventions at dose 0 changed something")


@check(
    LIMITS,
    "too-late",
    "Interventions that start after the last day against none: equal bytes",
    "something were paid for or prepared before it begins",
    error_rate=0.0,
)
def too_late(effort: Effort) -> Finding:
    """The run is cut before the first day of the steps."""
    plans = []
    for name in list(interventions())[: 22 if not effort.is_quick else 6]:
        base = load_scenario("micro")
        changed = blueprint_of(with_interventions(base, f"{name}@60"))
        cut, plain = changed.rules.copy(), blueprint_of(base).rules.copy()
        cut["n_days"] = plain["n_days"] = int(plain["warmup_days"]) + 60
        plans.append(
            (name, replace(changed, rules=cut), replace(blueprint_of(base), n_liaisons=changed.n_liaisons, rules=plain))
        )
    return same_bytes(plans, "interventions that come too late changed something")


@check(
    LIMITS,
    "own-type",
    "Turning to the relationship type that a firm has already against doing nothing: equal leads and money",
    "adopting what is there already took effort or time",
    error_rate=0.0,
)
def own_type(effort: Effort) -> Finding:
    """Four types."""
    wrong = 0
    for name in TYPES:
        base = with_relationship(load_scenario("small"), name)
        found = differing(
            simulate(blueprint_of(base), 3), simulate(blueprint_of(with_interventions(base, f"adopt={name}@0")), 3)
        )
        wrong += bool(set(found) - {"organization"})  # which also keeps time constants of what was last asked
    return none_of(wrong, len(TYPES), "types changed something by being adopted twice")


#: A mechanism's switch, and the rates whose zero must do the same.
SWITCHES = {
    "use_strain": {"strain_added": 0.0},
    "use_mistakes": {"mistake_fit": 0.0, "mistake_yes": 0.0, "mistake_decide": 0.0},
    "use_orientation": {"orientation_rate": 0.0},
    "use_pool": {"pool_overlap": 0.0},
    "use_campaign_effort": {"campaign_memory": 0.0},
    "use_product_knowledge": {"product_knowledge_gain": 0.0},
    "use_ties": {"tie_strength": 0.0},
    "use_picture": {"picture_rate": 0.0},
    "use_attention": {"attention_scale": 1e300},
    "use_familiarity": {"familiarity_build": 0.0, "familiarity_news": 0.0, "liaison_familiarity": 0.0},
}


@check(
    LIMITS,
    "switched-off",
    "Ten mechanisms switched off against the same with their rate at zero: equal deals and bookings",
    "a switch left a part of its mechanism on, or took more than it away",
    error_rate=0.0,
)
def switched_off(effort: Effort) -> Finding:
    """Leads and disputes to the byte; state that goes on unseen may differ."""
    wrong, first = 0, ""
    for switch, rates in SWITCHES.items():
        one, other = (simulate(shipped("small", **rules), 5) for rules in ({switch: 0}, rates))
        mine, theirs = leads_of(one), leads_of(other)
        is_same = len(mine) == len(theirs) and all(
            np.array_equal(mine[name], theirs[name]) for name in ("key", "state", "closed_day", "touches", "booked")
        )
        wrong += not is_same
        first = first or ("" if is_same else f"; {switch}")
    return none_of(wrong, len(SWITCHES), "switches differ from their rates at zero" + first)


@check(
    LIMITS,
    "past-is-past",
    "The first 300 days of a long run against a run of 300 days: equal leads, disputes and money",
    "anything looked ahead, to the length of the run for instance",
    error_rate=0.0,
)
def prefix(effort: Effort) -> Finding:
    """The long run, stopped for a moment."""
    wrong, n = 0, effort.n(20, 5)
    for seed in range(n):
        plan = shipped("small")
        short = replace(plan, rules=plan.rules.copy())
        short.rules["n_days"] = 300
        long = empty_world(plan)
        found_world(long, seed)
        long, ended = run_on(long, 0, 300), simulate(short, seed)
        same_leads = all(
            np.array_equal(leads_of(long)[name], leads_of(ended)[name])
            for name in ("key", "state", "value", "closed_day")
        )
        wrong += not (same_leads and np.array_equal(long.ledger[:300], ended.ledger[:300]))
    return none_of(wrong, n, "runs differ from the beginning of a longer one")


@check(
    LIMITS,
    "unseen-is-the-same",
    "Runs that are recorded, that begin in one row of memory, in used memory: equal bytes",
    "watching a run, or the memory it got, changed it",
    error_rate=0.0,
)
def unseen(effort: Effort) -> Finding:
    """Three ways of running."""
    wrong, n = 0, effort.n(20, 5)
    for seed in range(n):
        plan = shipped("small")
        plain = simulate(plan, seed)
        before = parts(plain)
        tight = empty_world(plan, capacity=1)
        found_world(tight, seed)
        again = simulate(plan, seed, simulate(plan, seed + 1000))
        recorded = simulate(plan, seed, n_events=500_000)
        for name, world in (("tight", run_on(tight, 0)), ("again", again), ("recorded", recorded)):
            after = parts(world)
            skipped = {"organization"} if name == "recorded" else set()  # it counts what it has written
            wrong += any(before[part] != after[part] for part in before if part not in skipped)
    return none_of(wrong, 3 * n, "ways of running left other bytes")


@check(
    LIMITS,
    "mesa-is-the-model",
    "Organizations that Mesa drives a person at a time against the compiled loop: equal bytes",
    "one of the two drivers left out a person or a step of the day",
    error_rate=0.0,
)
def mesa(effort: Effort) -> Finding:
    """Four types of the small firm."""
    from sim.model.organization import Organization

    wrong = 0
    for name in TYPES:
        plan = blueprint_of(with_relationship(load_scenario("small"), name))
        firm: Any = Organization(blueprint=plan, seed=7)
        firm.run()
        wrong += bool(differing(firm.world, simulate(plan, 7)))
    return none_of(wrong, len(TYPES), "organizations differ")


PLAIN = """
import json, pickle, sys
from sim.engine.run import simulate
from sim.contract.left_behind import digests
plans = pickle.loads(open(sys.argv[1], "rb").read())
print(json.dumps([digests(simulate(plan, 3)) for plan in plans]))
"""


@check(
    LIMITS,
    "plain-is-compiled",
    "The kernels as plain Python, without the compiler, against the compiled ones: equal bytes",
    "the compiler changed an operation, or a kernel did what plain Python would not",
    error_rate=0.0,
)
def plain(effort: Effort) -> Finding:
    """A micro firm under each type, in a process whose compiler is off."""
    from sim.contract.left_behind import digests

    plans = []
    for name in TYPES if not effort.is_quick else TYPES[-1:]:
        plan = blueprint_of(with_relationship(load_scenario("micro"), name))
        plan.rules["n_days"], plan.rules["warmup_days"] = 130, 20
        plans.append(plan)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "plans"
        source.write_bytes(pickle.dumps(plans))
        told = subprocess.run(
            [sys.executable, "-c", PLAIN, str(source)],
            env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
    mine = [digests(simulate(plan, 3)) for plan in plans]
    wrong = sum(one != other for one, other in zip(mine, json.loads(told.stdout), strict=True))
    return none_of(wrong, len(plans), "organizations differ")


@check(
    LIMITS,
    "workers",
    "A study on one thread, on three, and of its replications one by one: equal outcomes",
    "the number of processors, or what ran before, changed a result",
    error_rate=0.0,
)
def workers(effort: Effort) -> Finding:
    """To the byte."""
    from sim.ensemble.design import comparison_points
    from sim.ensemble.runner import run_points
    from sim.ensemble.seeds import run_seed

    points, n = comparison_points(load_scenario("micro"), ["integrated"], ["liaison"]), effort.n(48, 16)
    one, three = (run_points(points, n, seed=4, workers=workers).outcomes for workers in (1, 3))
    wrong = int(one.tobytes() != three.tobytes()) * n
    for place, point in enumerate(points):
        for replication in range(n):
            alone = outcomes_of(simulate(blueprint_of(point.scenario), run_seed(4, replication)))
            wrong += not np.array_equal(np.array(alone.tolist()), one[place, replication], equal_nan=True)
    return none_of(wrong, n * len(points), "runs differ")


@check(
    LIMITS,
    "money-scales",
    "A firm whose every price, pay and value is a thousand times as large: bookings and profit too",
    "an amount of money stood in a formula where a share belongs",
    error_rate=0.0,
)
def money_scales(effort: Effort) -> Finding:
    """Dimensional homogeneity: all rules in c.u. × 1,000, all outcomes in c.u. × 1,000, all others equal."""
    from sim.domain.outcomes import OUTCOMES

    plan, factor = shipped("small"), 1024.0
    scaled = replace(plan, rules=plan.rules.copy())
    for rule in RULES:
        if rule.unit.startswith("c.u."):
            scaled.rules[rule.name] *= factor
    n, one, other = effort.n(10, 3), [], []
    for seed in range(n):
        mine, theirs = (outcomes_of(simulate(each, seed)).tolist() for each in (plan, scaled))
        for outcome, a, b in zip(OUTCOMES, mine, theirs, strict=True):
            is_money = outcome.unit.startswith("c.u.")
            if np.isfinite(a):
                one.append(a * (factor if is_money else 1.0))
                other.append(b)
    return equal_to(other, one, 1e-9, "outcomes")


@check(
    LIMITS,
    "no-spread-no-spread",
    "Firms in which values, tempo, skill and pace do not spread: every row has the mean",
    "a spread of zero left some spread, or moved the mean",
    error_rate=0.0,
)
def zero_variance(effort: Effort) -> Finding:
    """Exact to rounding."""
    plan = still(200, reps=20, raw_leads_per_rep_day=1.0, rep_hours=1e6)
    world = simulate(plan, 3)
    rows = leads_of(world)
    deals = rows[rows["first_day"] >= 0]
    reps = np.asarray(world.people)[1:]
    before_discount = np.where(deals["list_value"] > 0.0, deals["list_value"], deals["value"])
    values = np.concatenate([before_discount / 35242.0, deals["tempo"], reps["skill"], reps["pace"]])
    return equal_to(values, np.ones(len(values)), 1e-15, "rows")


@check(
    LIMITS,
    "nothing-in-nothing-out",
    "A firm without inquiries: no hand-off, no bookings from marketing, no dispute over leads",
    "leads came from nowhere",
    error_rate=0.0,
)
def nothing_in(effort: Effort) -> Finding:
    """Five columns of the journal."""
    names = ("leads_in", "handed_off", "wins_marketing", "lead_quality_disputes", "follow_up_disputes")
    total = 0.0
    for world in runs(shipped("small", raw_leads_per_rep_day=0.0, event_leads_per_rep=0.0), effort.n(10, 3)):
        total += sum(course(world, name).sum() for name in names)
    return Finding(total, 0.0, f"{total:g} in all")


@check(
    LIMITS, "seeds-differ", "Runs of neighbouring seeds: all different", "two seeds gave the same luck", error_rate=0.0
)
def seeds_differ(effort: Effort) -> Finding:
    """Bytes of the leads."""
    n = effort.n(200, 50)
    found = {world.leads[: world.organization.n_leads].tobytes() for world in runs(shipped("micro"), n)}
    return none_of(n - len(found), n, "seeds gave a run that was there already")


# --- where the model comes to rest ---------------------------------------------------------------------------------


def at_rest(**rules: float) -> Any:
    """A firm of four marketers and ten reps without leads, after twenty years of contact."""
    practices = {"meetings": 6.0, "meeting_hours": 1.5, "agenda_discipline": 0.8, "joint_work": 0.5, "training": 3.0}
    plan = still(5200, marketers=4, reps=10, raw_leads_per_rep_day=0.0, **(practices | {"free_contacts": 5.0} | rules))
    return simulate(plan, 1)


def contact(world: Any) -> tuple[float, float]:
    """Contact of quality of a rep and of a pair per week, from the formulas of docs/odd.md."""
    meeting = 0.9 * 6.0 * 1.5 / 13.0
    planned = 0.8 * meeting + 1.2 * 0.5
    incidental = 0.5 * 0.05 * 5.0 * (1.0 / (9 + 0.05 * 4) + 1.0 / (3 + 0.05 * 10))
    backing = 0.5
    return backing * (0.1 * incidental * 4 + planned), backing * (0.1 * incidental + planned / 4)


@check(
    LIMITS,
    "trust-rests",
    "Trust after twenty years of contact against its fixed point (g + fade · start)/(g + fade)",
    "trust grew from something else than contact, or faded to another level",
    error_rate=0.0,
)
def trust_rests(effort: Effort) -> Finding:
    """G = 0.015 (1 − e^(−3 y))."""
    world = at_rest()
    gain = 0.015 * (1.0 - np.exp(-3.0 * contact(world)[1]))
    return equal_to(
        world.pairs["trust"], np.full(len(world.pairs), (gain + 0.008 * 0.32) / (gain + 0.008)), 1e-6, "pairs"
    )


@check(
    LIMITS,
    "acquaintance-rests",
    "Acquaintance after twenty years of contact against its fixed point g/(g + fade)",
    "acquaintance grew without contact or never faded",
    error_rate=0.0,
)
def familiarity_rests(effort: Effort) -> Finding:
    """G = 0.06 (1 − e^(−y/0.25))."""
    world = at_rest()
    gain = 0.06 * (1.0 - np.exp(-contact(world)[1] / 0.25))
    return equal_to(world.pairs["familiarity"], np.full(len(world.pairs), gain / (gain + 0.025)), 1e-9, "pairs")


@check(
    LIMITS,
    "language-rests",
    "Command of the common language after twenty years against its fixed point",
    "class and contact counted twice, or the language were not forgotten",
    error_rate=0.0,
)
def language_rests(effort: Effort) -> Finding:
    """G = 0.012 (1 − e^(−1.5 Y)) + 0.006 · transfer · hours / 4."""
    world = at_rest()
    gain = 0.012 * (1.0 - np.exp(-1.5 * contact(world)[0])) + 0.006 * 0.3 * 3.0 / 4.0
    reps = np.asarray(world.people["vocabulary"])[4:14]
    return equal_to(reps, np.full(10, (gain + 0.02 * 0.36) / (gain + 0.02)), 1e-9, "reps")


@check(
    LIMITS,
    "horizons-rest",
    "Time horizons of both sides after twenty years against what pay and joint work pull them to",
    "pay moved the wrong side's horizon, or further than it may",
    error_rate=0.0,
)
def horizons_rest(effort: Effort) -> Finding:
    """0.2 + 0.3 min(1, 2 WR + 0.1 JW); 0.8 − 0.3 min(1, WM + 0.1 JW)."""
    firm = at_rest(shared_metric_sales=0.2, shared_metric_marketing=0.5).organization
    expected = [0.2 + 0.3 * min(1.0, 0.4 + 0.05), 0.8 - 0.3 * min(1.0, 0.5 + 0.05)]
    return equal_to([firm.orientation_sales, firm.orientation_marketing], expected, 1e-9, "sides")


@check(
    LIMITS,
    "knowledge-falls-back",
    "Market knowledge without news from the field, by week, against its exponential return",
    "the market stood still while nobody asked it",
    error_rate=0.0,
)
def knowledge_falls(effort: Effort) -> Finding:
    """From 0.9 to 0.2 by 1.55 % of the distance a week."""
    plan = still(300, raw_leads_per_rep_day=0.0)
    world = empty_world(plan)
    found_world(world, 1)
    world.people["market_knowledge"][0] = 0.9
    world = run_on(world, 0)
    weeks = course(world, "market_knowledge")[::5]
    expected = 0.2 + 0.7 * (1.0 - 0.0155) ** np.arange(1, len(weeks) + 1)
    return equal_to(weeks, expected, 1e-12, "weeks")


@check(
    LIMITS,
    "brand-rests",
    "Brand after twenty years of steady spending against base + planning × 0.2",
    "the brand kept growing, or forgot what spends for it",
    error_rate=0.0,
)
def brand_rests(effort: Effort) -> Finding:
    """B* = 0.9 + 0.2 JP at the reference spend."""
    found = [at_rest(joint_planning=level).organization.brand for level in (0.0, 0.5, 1.0)]
    return equal_to(found, [0.9, 1.0, 1.1], 1e-9, "levels of planning")


@check(
    LIMITS,
    "desks-alike",
    "Bookings by desk of a firm whose reps are alike: no desk earns more (Kruskal–Wallis over runs)",
    "the first or the last desk of a unit were served first",
)
def desks_alike(effort: Effort) -> Finding:
    """Exchangeable reps: desks within a run compared by rank (Friedman's test)."""
    from scipy.stats import friedmanchisquare

    plan = shipped(
        "small", skill_sd=0.0, pace_sd=0.0, inbox_min=0.5, inbox_max=0.5, leave_base=0.0, leave_per_dispute=0.0
    )
    table = []
    for world in runs(plan, effort.n(400, 120)):
        rows, first = leads_of(world), int(world.organization.n_marketers)
        own = rows[(rows["booked"] > 0) & (rows["closed_day"] >= 0)]
        table.append(np.bincount(own["rep"] - first, weights=own["booked"], minlength=int(world.organization.n_reps)))
    test = friedmanchisquare(*np.array(table).T)
    return likely(test.pvalue, f"{len(table)} runs of {len(table[0])} desks, chi-square {test.statistic:.1f}")
