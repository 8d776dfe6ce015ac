"""A comparison in three sentences for a board: what is best, what comes with it, how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.study import Effect, best_first, effect_from, overlap
from sim.report.prose import capital, change, enumerate_words, gain, spell, wording
from sim.report.study_words import kind_of, level, replications_text
from sim.report.uncertainty import probable

#: What a board asks of every scenario, the first being what the best is chosen by.
ASKED = ("bookings_new", "profit", "cycle_days", "conflict_per_100")
#: Fewer replications than so many are called a first look (assumption; intervals say how little they tell).
FEW = 20
#: What they are called in a list: as they are, where there is more, where there is less.
SHORT = {
    "bookings_new": ("new bookings", "more new bookings", "fewer new bookings"),
    "profit": ("profit", "more profit", "less profit"),
    "cycle_days": ("the sales cycle", "a longer sales cycle", "a shorter sales cycle"),
    "conflict_per_100": ("disputes", "more disputes", "fewer disputes"),
}
#: Outcomes that say what something costs, and what they are called in a sentence.
SPENT = {
    "cost": "cost of sales and marketing",
    "intervention_cost": "what is paid for interventions",
    "coordination_hours": "coordination for each person and week",
}
EQUAL, UNCLEAR = "equal", "not distinguishable"


@dataclass(frozen=True)
class Compared:
    """What was compared with a baseline.

    Parameters
    ----------
    baseline : str
        What it is called.
    effects : dict
        By outcome: every scenario but the baseline, best first.
    replications, planned : int
        Complete, and asked for.
    first : str
        Outcome by which the best is chosen.
    """

    baseline: str
    effects: dict[str, list[Effect]]
    replications: int
    planned: int
    first: str = ASKED[0]

    @property
    def chosen_by(self) -> list[Effect]:
        """Effects on the outcome by which the best is chosen, best first."""
        return self.effects.get(self.first, [])

    def of(self, outcome: str, scenario: str) -> Effect | None:
        """What a scenario does to an outcome."""
        return next((one for one in self.effects.get(outcome, []) if one.scenario == scenario), None)

    @property
    def leading(self) -> Effect | None:
        """What is best of all that is distinguishably better."""
        return next((one for one in self.chosen_by if one.verdict == "better"), None)

    @property
    def followers(self) -> list[Effect]:
        """What is better too, and may be as good as the leading one."""
        first = self.leading
        rest = [] if first is None else self.chosen_by
        return [one for one in rest if one is not first and one.verdict == "better" and first and overlap(first, one)]


def compared(document: Mapping[str, Any]) -> Compared:
    """Read a comparison as its JSON has it."""
    rows, about = document["rows"], document["provenance"]
    base = document["baseline"]
    effects: dict[str, list[Effect]] = {}
    for row in rows:
        if row["scenario"] != base:
            effects.setdefault(row["outcome"], []).append(effect_from({**row, "family": ""}))
    label = next((str(row["label"]) for row in rows if row["scenario"] == base), str(base))
    planned = about.get("planned_replications", about["replications"])
    ordered = {name: best_first(found) for name, found in effects.items()}
    return Compared(label, ordered, about["replications"], planned)


def three_sentences(found: Compared) -> list[str]:
    """The answer: what is best, what comes with it, and how sure that is."""
    return [sentence for sentence in (_best(found), _beside(found), sure_sentence(found)) if sentence]


def _best(found: Compared) -> str:
    effects, first = found.effects.get(ASKED[0], []), found.leading
    if not any(one.difference is not None for one in effects):
        return "There is no figure of new bookings to compare."
    if first is None:
        return _none_better(effects, found.baseline)
    most = "most new bookings" if len(effects) > 1 else "more new bookings"
    text = f"{first.label} brings {most}: {_figure(first)} against {found.baseline}"
    if not found.followers:
        return f"{text}."
    others = enumerate_words([f"{one.label} ({_inline(gain(one, kind_of(one.outcome)))})" for one in found.followers])
    return f"{text}, but it cannot be told from {others}."


def _inline(text: str) -> str:
    """A difference whose interval stands in brackets, so that it can stand in brackets itself.

    Examples
    --------
    >>> _inline("+3.2 % (+2.5 to +3.9 %)")
    '+3.2 %, +2.5 to +3.9 %'
    """
    return text.replace(" (", ", ", 1).rstrip(")")


def _figure(effect: Effect) -> str:
    return f"{level(effect.mean, effect.outcome)}, {gain(effect, kind_of(effect.outcome))}"


def _none_better(effects: Sequence[Effect], baseline: str) -> str:
    if all(one.verdict == EQUAL for one in effects):
        many = effects[0].replications
        same = f"equal to {baseline} in all {many:,} replications"
        return f"Nothing that was compared changes new bookings: they are {same}."
    top = effects[0]
    worse = [one for one in effects if one.verdict == "worse"]
    lost = f"; distinguishably worse: {enumerate_words([_short(one) for one in worse])}" if worse else ""
    if top.verdict == "worse":
        return f"Stay with {baseline}: everything that was compared brings fewer new bookings, at best {_short(top)}."
    return (
        f"Nothing that was compared raises new bookings distinguishably above {baseline}: at best {_short(top)}{lost}."
    )


def _short(effect: Effect) -> str:
    return f"{effect.label} {gain(effect, kind_of(effect.outcome))}"


def _beside(found: Compared) -> str:
    """What the leading scenario does besides; without one, what is better in anything else."""
    first = found.leading
    if first is None:
        return _elsewhere(found)
    others = [one for name in ASKED[1:] if (one := found.of(name, first.scenario)) is not None]
    good, bad, open_ = (_phrases(others, verdicts) for verdicts in (("better",), ("worse",), (UNCLEAR,)))
    price = f", but also {enumerate_words(bad)}, which is a trade-off" if good and bad else ""
    parts = [f"it also brings {enumerate_words(good)}{price}"] if good else []
    parts += [f"the price is {enumerate_words(bad)}"] if bad and not good else []
    parts += [f"not distinguishable: {enumerate_words(open_)}"] if open_ else []
    parts += [loss] if (loss := loss_words(found, first)) else []
    return f"{capital('; '.join(parts))}." if parts else ""


def _phrases(effects: Sequence[Effect], verdicts: Sequence[str]) -> list[str]:
    return [_phrase(one) for one in effects if one.verdict in verdicts]


def _phrase(effect: Effect) -> str:
    """An outcome with what becomes of it, such as ``fewer disputes (−12.0 %, −15.0 to −9.0 %)``."""
    told = _inline(gain(effect, kind_of(effect.outcome)))
    if effect.verdict == UNCLEAR:
        return f"{_subject(effect)} ({told})"
    return f"{SHORT[effect.outcome][1 if (effect.difference or 0.0) > 0 else 2]} ({told})"


def _subject(effect: Effect) -> str:
    return SHORT[effect.outcome][0] if effect.outcome in SHORT else wording(effect.outcome, effect.unit).subject


def loss_words(found: Compared, first: Effect) -> str:
    """That the firm makes a loss, where it does; nothing where it does not."""
    profit = found.of("profit", first.scenario)
    if profit is None or profit.mean is None or profit.baseline_mean is None or profit.baseline_mean >= 0:
        return ""
    now, then = level(profit.baseline_mean, "profit"), level(profit.mean, "profit")
    if profit.mean < 0:
        return f"the firm makes a loss either way, {now} with {found.baseline} and {then} with {first.label}"
    return f"a loss of {now.lstrip('−')} becomes a profit of {then}"


def _elsewhere(found: Compared) -> str:
    """What is distinguishable in other outcomes, the best of each."""
    tops = [found.effects[name][0] for name in ASKED[1:] if found.effects.get(name)]
    better = [one for one in tops if one.verdict == "better"]
    if better:
        return f"Better elsewhere: {enumerate_words([f'{_phrase(one)} with {one.label}' for one in better])}."
    if tops and all(one.verdict == EQUAL for name in ASKED[1:] for one in found.effects.get(name, [])):
        return f"{capital(_subjects(tops))} are equal too."
    return f"{capital(_subjects(tops))} are not distinguishably better either." if tops else ""


def _subjects(effects: Sequence[Effect]) -> str:
    return enumerate_words([_subject(one) for one in effects])


def sure_sentence(found: Compared) -> str:
    """How sure it is: replications, whether they are few or were interrupted, and probabilities in this firm."""
    many = replications_text(found.replications, found.replications)
    top = found.leading or next(iter(found.effects.get(ASKED[0], [])), None)
    parts = [f"That is from {many} on common luck"]
    if any(one.low is not None for name in ASKED for one in found.effects.get(name, [])):
        parts[0] += ", with 95 % intervals in brackets"
    if found.replications < found.planned:
        parts += [f"the run was interrupted, and {found.planned:,} were planned"]
    if top is not None and probable(top):
        parts += [f"the probability that {top.label} brings more new bookings in this firm is {probable(top)}"]
    if found.replications < FEW:
        parts += [f"take it as a first look, for {spell(found.replications)} replications tell little"]
    return f"{'; '.join(parts)}."


def change_sentences(found: Compared) -> list[str]:
    """What would change the answer, as far as figures tell."""
    first, told = found.leading, []
    if first is not None and first.low is not None and first.difference:
        share = min(abs(first.low), abs(first.high or first.low)) / abs(first.difference)
        told.append(
            f"Within luck the answer stands: even the near end of the interval of {first.label} is"
            f" {100 * share:.0f} % of its effect on {_subject(first)}."
        )
    if found.followers:
        names = enumerate_words([one.label for one in [first, *found.followers] if one is not None])
        told.append(f"Which of {names} is ahead is open: compare them with each other, with more replications.")
    told += [needed for one in found.chosen_by if (needed := _needed(one))][:3]
    shares = [one.parameter_share for one in found.chosen_by if one.parameter_share is not None]
    if shares:
        told.append(
            f"Of the uncertainty about {_subject(found.chosen_by[0])}, up to {100 * max(shares):.0f} % is about the"
            " firm itself: data of the firm would narrow it, more replications would not."
        )
    return told


def _needed(effect: Effect) -> str:
    """How many replications would tell an effect of this size from nothing; nothing where it is told already."""
    if effect.verdict != UNCLEAR or not effect.difference or effect.low is None or effect.high is None:
        return ""
    half = (effect.high - effect.low) / 2.0
    many = effect.replications * (half / abs(effect.difference)) ** 2
    if many <= effect.replications or many > 1e6:
        return ""
    return (
        f"{effect.label}: if its effect on {_subject(effect)} is what it seems"
        f" ({gain(effect, kind_of(effect.outcome)).split(' (')[0]}), about {many:,.0f} replications would tell it from"
        f" nothing; there are {effect.replications:,}."
    )


def cost_sentences(found: Compared) -> list[str]:
    """What the leading scenario costs, or what each does where none leads: money and hours."""
    first = found.leading
    if first is None:
        first = next(iter(found.chosen_by), None)
    told = []
    for name, what in SPENT.items():
        if first is not None and (one := found.of(name, first.scenario)) is not None and one.mean is not None:
            told.append(_costs(one, what))
    return [f"With {first.label}, against {found.baseline}, {'; '.join(told)}."] if first and told else []


def _costs(effect: Effect, what: str) -> str:
    if effect.verdict == EQUAL:
        return f"{what} is {level(effect.mean, effect.outcome)}, the same in every replication"
    verdict = ", not distinguishable" if effect.verdict == UNCLEAR else ""
    told = _inline(change(effect, kind_of(effect.outcome)))
    return f"{what} is {level(effect.mean, effect.outcome)} ({told}{verdict})"
