"""Words made from the answers of a study: what a comparison, a curve, a map or an index says, and how surely."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.panels import between
from sim.analysis.points import BASELINE, FAILED
from sim.analysis.study import Effect, best_first, effect_from
from sim.domain.outcomes import BY_NAME
from sim.report.prose import amount, capital, change, decimal, enumerate_words, first_few, gain, spell, wording

if TYPE_CHECKING:
    from sim.analysis.contingency import ContingencyMap
    from sim.analysis.dose_response import DoseResponse
    from sim.analysis.morris import MorrisScreening
    from sim.analysis.selection import Selection
    from sim.analysis.sensitivity import SobolIndices
    from sim.analysis.survival import TimeToWin

#: Verdicts of a comparison in the order in which they are told.
TOLD = ("better", "worse", "different", "equal", "not distinguishable")


def kind_of(outcome: str) -> str:
    """Kind of number of an outcome, as `sim.report.prose.amount` takes it."""
    return wording(outcome, BY_NAME[outcome].unit).kind


def level(value: float | None, outcome: str) -> str:
    """A level of an outcome with its unit; a dash for none.

    Examples
    --------
    >>> level(22.41e6, "bookings_new"), level(0.2841, "win_rate"), level(float("nan"), "trust")
    ('22.4 million c.u. a year', '28.4 %', '–')
    """
    if value is None or pd.isna(value):
        return "–"
    return amount(float(value), kind_of(outcome)) + wording(outcome, BY_NAME[outcome].unit).per


def shift(value: float | None, low: float | None, high: float | None, outcome: str, base: float | None = None) -> str:
    """A difference with its interval, in the unit of the outcome; a dash for none.

    Examples
    --------
    >>> shift(1200.0, 900.0, 1500.0, "profit"), shift(None, None, None, "profit")
    ('+1,200 c.u. (+900 to +1,500)', '–')
    """
    about = BY_NAME[outcome]
    numbers = {"difference": value, "ci_low": low, "ci_high": high, "baseline_mean": base, "mean": value}
    empty: dict[str, object] = dict.fromkeys(("ci_level", "relative_difference", "share_better", "replications"))
    row = {**empty, **numbers, "outcome": outcome, "unit": about.unit, "better": about.better, "verdict": ""}
    return change(effect_from({**row, "scenario": "", "label": "", "family": ""}), kind_of(outcome))


def share_text(share: float, low: float = math.nan, high: float = math.nan) -> str:
    """A share in percent, with its interval where it has one; a dash for none.

    Examples
    --------
    >>> share_text(0.213, 0.19, 0.24), share_text(0.4), share_text(float("nan"))
    ('21 % (19 to 24 %)', '40 %', '–')
    """
    if math.isnan(share):
        return "–"
    ends = "" if math.isnan(low) else f" ({100 * low:.0f} to {100 * high:.0f} %)"
    return f"{100 * share:.0f} %{ends}"


def effects_of(table: pd.DataFrame, outcome: str) -> list[Effect]:
    """Rows of a comparison that are about one outcome, without baselines and failed points."""
    rows = table[(table["outcome"] == outcome) & ~table["verdict"].isin([BASELINE, FAILED])]
    found = rows.assign(scenario=rows["point_id"], family="").to_dict("records")
    return [effect_from({str(key): value for key, value in row.items()}) for row in found]


def replications_text(least: int, most: int, counted: str = "replications") -> str:
    """How many replications, or what else is counted, as a range where it differs.

    Examples
    --------
    >>> replications_text(20, 20), replications_text(50, 1200), replications_text(1, 1)
    ('20 replications', '50 to 1,200 replications', '1 replication')
    """
    many = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"{many} {counted.removesuffix('s') if most == 1 else counted}"


def counted(effects: Sequence[Effect]) -> str:
    """How many comparisons have which verdict, in words.

    Examples
    --------
    >>> counted([])
    'there is nothing to compare'
    """
    many = {verdict: sum(effect.verdict == verdict for effect in effects) for verdict in TOLD}
    many["without a figure"] = len(effects) - sum(many.values())
    parts = [f"{spell(count)} {'is' if count == 1 else 'are'} {verdict}" for verdict, count in many.items() if count]
    return enumerate_words(parts) or "there is nothing to compare"


def tell_comparison(effects: Sequence[Effect], baseline: str) -> list[str]:
    """The best scenario with its difference and interval, and how many are distinguishable at all."""
    known = [effect for effect in effects if effect.difference is not None]
    if not known:
        return ["There is no figure to compare."]
    least, most = (pick(effect.replications for effect in known) for pick in (min, max))
    after = replications_text(least, most)
    if len(effects) == 1:
        return [_first(known[0], baseline), f"That is after {after}."]
    verdicts = {effect.verdict for effect in effects}
    many = spell(len(effects))
    every = "Both" if len(effects) == 2 else f"All {many}"
    told = f"{every} are {verdicts.pop()}" if len(verdicts) == 1 else f"Of {many} comparisons, {counted(effects)}"
    return [_first(best_first(known)[0], baseline), f"{told}, after {after} each."]


def _first(best: Effect, baseline: str) -> str:
    """What the best of some scenarios does, with no more claim than its verdict makes."""
    kind, words = kind_of(best.outcome), wording(best.outcome, best.unit)
    told = f"{level(best.mean, best.outcome)}, {gain(best, kind)}"
    if best.verdict == "better":
        most = "lowest" if best.better == "lower" else "highest"
        return f"{capital(words.subject)} {words.verb} {most} with {best.label}: {told} against {baseline}."
    if best.better is None:
        return f"{capital(words.subject)} {words.verb} highest with {best.label}: {told}, {best.verdict}."
    base = level(best.baseline_mean, best.outcome)
    return (
        f"Nothing compared is distinguishably better than {baseline} in {words.subject} ({base}); the best of the rest"
        f" is {best.label}: {told}."
    )


def tell_groups(groups: Sequence[tuple[str, Sequence[Effect]]], outcome: str) -> str:
    """What is best in each of several groups, and whether it is distinguishable from the group's baseline."""
    parts = []
    for head, effects in groups:
        found = [effect for effect in effects if effect.verdict == "better"]
        if found:
            best = best_first(found)[0]
            parts.append(f"{head} · {best.label}, {gain(best, kind_of(outcome))}")
    subject = wording(outcome, BY_NAME[outcome].unit).subject
    many = f"the {spell(len(groups))} groups"
    if not parts:
        return f"In none of {many} is anything distinguishably better in {subject} than the baseline of the group."
    none = len(groups) - len(parts)
    rest = f"; in {spell(none)} of {many} nothing is" if none else ""
    return (
        f"In {subject}, the best of each group is distinguishably better than the group’s baseline:"
        f" {enumerate_words(first_few(parts), ';')}{rest}."
    )


def _smallest(margin: float, outcome: str) -> str:
    """A small difference with as many decimals as it takes to be none of nothing."""
    told = level(margin, outcome)
    is_lost = not any(letter in "123456789" for letter in told)
    return f"{margin:.2g}" if is_lost and kind_of(outcome) in ("count", "score") else told


def tell_selection(found: Selection, outcome: str) -> str:
    """Which point is best and how sure, in a sentence, with the difference that was taken to matter."""
    margin = _smallest(found.indifference, outcome)
    return (
        f"{found.text} A difference in {wording(outcome, BY_NAME[outcome].unit).subject} under {margin} counts as none."
    )


def tell_pairs(rows: pd.DataFrame, outcome: str) -> list[str]:
    """How many pairs add up, and the two that depart most."""
    subject = wording(outcome, BY_NAME[outcome].unit).subject
    many = rows["verdict"].value_counts()
    order = ("super-additive", "sub-additive", "add up", "not distinguishable")
    words = {"super-additive": "more than their sum", "sub-additive": "less than their sum"}
    words |= {"add up": "just their sum", "not distinguishable": "what is not distinguishable from their sum"}
    parts = [
        f"{spell(int(many[name]))} {'does' if many[name] == 1 else 'do'} {words[name]}"
        for name in order
        if name in many
    ]
    all_same = len(parts) == 1 and len(rows) > 1
    head = f"In {subject}, all {spell(len(rows))} pairs do {words[rows['verdict'].iloc[0]]}" if all_same else ""
    lines = [f"{head or f'In {subject}, of {spell(len(rows))} pairs {enumerate_words(parts)}'}."]
    clear = rows[rows["verdict"].isin(order[:2])]
    if len(clear):
        row = clear.iloc[int(clear["interaction"].abs().to_numpy().argmax())]
        told = shift(row["interaction"], row["ci_low"], row["ci_high"], outcome)
        lines.append(f"Furthest from the sum is {row['first']} with {row['second']}: {told}.")
    return lines


def tell_dose(found: DoseResponse) -> str:
    """The best dose of a factor and what it does, in a sentence."""
    subject = wording(found.outcome, BY_NAME[found.outcome].unit).subject
    name = found.factor
    if found.is_flat:
        return f"{name}: no dose differs distinguishably from the lowest in {subject}."
    best = found.optimum
    if best is None:
        ends = found.effects.iloc[-1]
        told = shift(ends["difference"], ends["low"], ends["high"], found.outcome, found.effects["mean"].iloc[0])
        return f"{name}: the highest dose against the lowest, in {subject}: {told}."
    told = shift(best.effect, best.effect_low, best.effect_high, found.outcome, found.effects["mean"].iloc[0])
    where = {"lowest": ", the lowest tried", "highest": ", the highest tried"}.get(best.edge, "")
    does = "" if best.edge == "lowest" else f": {told} against the lowest"
    return f"{name}: best at {best.dose:.3g} ({best.low:.3g} to {best.high:.3g}){where}, for {subject}{does}."


def tell_map(found: ContingencyMap) -> list[str]:
    """In how many situations which level is clearly best, and where it is open."""
    cells = found.cells
    clear = cells[cells["is_clear"].astype(bool)]
    many = clear["best"].value_counts()
    of_all = f" of {spell(len(cells))} situations"
    parts = [
        f"{capital(str(best))} in {spell(int(count))}{'' if place else of_all}"
        for place, (best, count) in enumerate(many.items())
    ]
    subject = wording(found.outcome, BY_NAME[found.outcome].unit).subject
    none = len(cells) - len(clear)
    if not parts:
        return [f"For {subject}, in none{of_all} one {found.decision} is clearly best."]
    rest = f"; in {spell(none)} several may be" if none else ""
    return [f"For {subject}, clearly best is {enumerate_words(parts)}{rest}."]


def tell_indices(found: SobolIndices) -> list[str]:
    """What accounts for most of the variance, and how much of it is luck."""
    table = found.indices.sort_values("total", ascending=False, kind="stable")
    subject = wording(found.outcome, BY_NAME[found.outcome].unit).subject
    parts = [f"{row['factor']} {_share(row, 'total')}" for row in table.head(3).to_dict("records")]
    lines = [f"Of the variance of {subject} over the design, with all interactions: {enumerate_words(parts, ';')}."]
    small = int((table["total_high"] < 0.05).sum())
    if small:
        lines.append(f"{capital(spell(small))} of {spell(len(table))} factors account for less than 5 % each.")
    state = "The indices have converged" if found.is_converged else "The indices have not converged yet"
    need = "" if found.is_converged else f"; about N = {found.samples_needed:,} would be needed"
    return [*lines, f"{state} (N = {found.n_samples:,}, {found.n_replications} {found.counted} a point){need}."]


def _share(row: dict[Any, Any], name: str) -> str:
    low, middle, high = (decimal(100 * row[f"{name}{end}"], 0) for end in ("_low", "", "_high"))
    return f"{middle} % ({low} to {high} %)"


def tell_screening(found: MorrisScreening) -> list[str]:
    """Which factors move an outcome most, and how many hardly do."""
    table = found.effects
    subject = wording(found.outcome, BY_NAME[found.outcome].unit).subject
    parts = [
        f"{row['factor']}, by {level(row['mu_star'], found.outcome)}"
        f" ({level(row['mu_star_low'], found.outcome)} to {level(row['mu_star_high'], found.outcome)})"
        for row in table.head(3).to_dict("records")
    ]
    small = int(table["is_negligible"].sum())
    few = f"{capital(spell(small))} of {spell(len(table))} factors hardly matter." if small else ""
    over = "Moved over its whole range, each alone, these shift"
    return [f"{over} {subject} most, in the mean: {enumerate_words(parts, ';')}.", *([few] if few else [])]


def tell_waiting(label: str, found: TimeToWin) -> str:
    """Share of deals won and how long that takes, in a sentence."""
    rows = found.quantities.set_index("quantity")[["value", "low", "high"]]
    share, median = (tuple(map(float, rows.loc[name])) for name in ("share_won", "median_days_to_win"))
    days = f"{median[0]:.0f} days" + between(median[1], median[2], 0)
    half = "" if math.isnan(median[0]) else f", half of these within {days}"
    return f"{label}: {share_text(*share)} of deals won{half}."
