"""What a decision says, in sentences: every one from figures, and none without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.decide.choice import ACT, IMPOSSIBLE, UNSURE

Document = Mapping[str, Any]


def answer(found: Document) -> list[str]:
    """The decision in a few sentences: what to do, what it brings and costs, and how sure that is.

    Parameters
    ----------
    found : mapping
        A decision as its JSON has it (`sim.decide.decision.Decision.document`).
    """
    told = {ACT: _act, UNSURE: _unsure, IMPOSSIBLE: _impossible}.get(found["verdict"], _nothing)
    return [sentence for sentence in told(found) if sentence]


def _act(found: Document) -> list[str]:
    choice = found["choice"]
    return [
        f"{begin(choice)}.",
        f"{gain_sentence(found, choice)} {cost_sentence(choice)}",
        limits_sentence(choice),
        dip_sentence(found, "choice"),
        guarantee_sentence(found),
        second_sentence(found),
    ]


def _nothing(found: Document) -> list[str]:
    leading, many = found["leading"], found["search"]["affordable"] - 1
    if not found["question"]["candidates"]:
        return ["Do nothing: the firm has all of it already."]
    if many == 0:
        return ["Do nothing: no portfolio that was looked at fits the budget."]
    alone, of_many = "the one portfolio that fits the budget", f"of the {many} portfolios that fit the budget, none"
    if leading is None:
        return [f"Do nothing: {f'{alone} does not keep' if many == 1 else f'{of_many} keeps'} the limits."]
    who = f"It is {listed(leading)}, and" if many == 1 else f"The best of them, {listed(leading)},"
    return [
        f"Do nothing: {f'{alone} is not' if many == 1 else f'{of_many} is'} distinguishably better.",
        f"{who} comes to {_gain_with_interval(found, leading)}.",
    ]


def _unsure(found: Document) -> list[str]:
    leading = found["leading"]
    return [
        f"Do nothing for now: nothing that fits the budget can be told from doing nothing with"
        f" {found['provenance']['replications']} replications.",
        f"In the lead is {listed(leading)}: {_gain_with_interval(found, leading)}.",
        "More replications (--replications) may tell.",
    ]


def _impossible(found: Document) -> list[str]:
    limits, leading = " and ".join(found["question"]["limits"]), found["leading"]
    first = f"No portfolio that was looked at and fits the budget keeps {limits}."
    if leading is None:
        return [first, "None comes nearer to it than doing nothing."]
    return [first, f"Nearest comes {listed(leading)}. {limits_sentence(leading)}"]


def listed(option: Document) -> str:
    """Interventions of a portfolio with doses, without days."""
    return ", ".join(f"{start['label']} ({start['said']})" for start in option["portfolio"]) or "doing nothing"


def begin(option: Document) -> str:
    """What is begun when, day by day."""
    if not option["portfolio"]:
        return "Do nothing"
    days: dict[int, list[str]] = {}
    for start in option["portfolio"]:
        days.setdefault(start["start_day"], []).append(f"{start['label']} ({start['said']})")
    parts = [f"{'at once' if day == 0 else f'from day {day}'}: {_joined(names)}" for day, names in days.items()]
    return "Begin " + "; ".join(parts)


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def gain_sentence(found: Document, option: Document) -> str:
    """What a portfolio brings, with its interval."""
    days = found["question"]["horizon_days"]
    return f"Over {days} working days that brings {_gain_with_interval(found, option)}."


def _gain_with_interval(found: Document, option: Document) -> str:
    unit, label = found["question"]["unit"], found["question"]["label"]
    less = "less " if _side(found) == "lower" else ""
    text = f"{amount(option['gain'], unit)} {less}of {label.lower()}"
    if option["ci_low"] is None:
        return f"{text} (no interval: too few runs differ)"
    return f"{text} (95 % interval {amount(option['ci_low'], '')} to {amount(option['ci_high'], '')})"


def _side(found: Document) -> str:
    from sim.domain.outcomes import BY_NAME

    terms = found["question"]["outcomes"]
    return BY_NAME[terms[0]["outcome"]].better if len(terms) == 1 else "higher"


def amount(value: float | None, unit: str) -> str:
    """A number with its unit, as people say it: three digits count, from a million on in millions.

    Examples
    --------
    >>> amount(1_923_400.0, "c.u./year"), amount(-12_345.0, "c.u."), amount(0.0821, "share"), amount(5.25, "-")
    ('1.92 million c.u. a year', '−12,300 c.u.', '8.2 %', '5.25')
    """
    if value is None:
        return "–"
    sign, size = ("−" if value < 0 else ""), abs(value)
    unit = unit.replace("/year", " a year")
    if unit == "share":
        return f"{sign}{100 * size:.1f} %"
    if size >= 999_500:
        millions = size / 1e6
        text = f"{millions:,.{2 if millions < 9.995 else 1 if millions < 99.95 else 0}f} million"
    else:
        text = f"{float(f'{size:.3g}'):,.10g}"
    return f"{sign}{text} {unit}".strip() if unit != "-" else f"{sign}{text}"


def cost_sentence(option: Document) -> str:
    """What a portfolio asks for in money and hours."""
    if not option["portfolio"]:
        return "It costs nothing."
    years = option["cost_by_year"]
    is_more = len(years) > 1 and option["cost_total"] != option["cost"]
    dearest = f" in its dearest year and {amount(option['cost_total'], 'c.u.')} in all" if is_more else ""
    hours = f" and takes {option['hours']:,.0f} hours a year of the people" if option["hours"] else ""
    return ended(f"It costs {amount(option['cost'], 'c.u.')}{dearest}{hours}")


def ended(text: str) -> str:
    """A sentence with one full stop, also where it ends in an abbreviation.

    Examples
    --------
    >>> ended("It costs 300 c.u."), ended("It takes 3 hours")
    ('It costs 300 c.u.', 'It takes 3 hours.')
    """
    return text if text.endswith(".") else f"{text}."


def limits_sentence(option: Document) -> str:
    """How far each limit is kept or broken; nothing without limits."""
    said = []
    for row in option["limits"]:
        if row["excess"] is None:
            said.append(f"{row['limit']} cannot be told")
            continue
        is_kept = row["excess"] <= 0.0
        ends = (row["ci_low"], row["ci_high"])
        is_sure = None not in ends and (ends[1] <= 0.0 if is_kept else ends[0] > 0.0)
        room = f"{100 * abs(row['excess']):.1f} % {'to spare' if is_kept else 'beyond it'}"
        said.append(f"{row['limit']} is {'kept' if is_kept else 'broken'} ({room}{'' if is_sure else ', not surely'})")
    return f"Limits: {'; '.join(said)}." if said else ""


def dip_sentence(found: Document, name: str) -> str:
    """How deep it goes before it pays, and when it has paid for itself; nothing for doing nothing."""
    ways = found["course"].get(name)
    if not ways:
        return ""
    money = ways[0]
    if money["break_even_day"] is None:
        return (
            f"By the end it has not paid for itself: profit is {amount(money['gain'][-1], 'c.u.')} in all"
            f" (95 % interval {amount(money['ci_low'][-1], '')} to {amount(money['ci_high'][-1], '')})."
        )
    if money["break_even_day"] == 0:
        return "It pays from the first week: profit in all never falls behind."
    latest = money["break_even_latest"]
    until = "later than the end" if latest is None else f"day {latest}"
    first = f"day {money['break_even_earliest'] or 0} at the earliest, {until} at the latest"
    return (
        f"It costs before it pays: by day {money['time_to_benefit_days']} profit is"
        f" {amount(money['dip'], 'c.u.')} in all; by day {money['break_even_day']} it has paid for itself"
        f" ({first})."
    )


def guarantee_sentence(found: Document) -> str:
    """What is guaranteed of the choice, and among what."""
    given = found["guarantee"]
    if given is None:
        return ""
    among = f"{given['compared']} portfolios that fit and were compared to the end"
    margin = amount(given["indifference"], found["question"]["unit"])
    if given["is_guaranteed"]:
        sure = f"{100 * given['level']:g} %"
        better = f"if one of the {among} were better than all others by {margin} or more"
        return f"Guarantee: {better}, it would have been chosen with a probability of {sure}."
    more = (
        f"; at most {given['more_replications']:,} more replications would settle it"
        if given["more_replications"]
        else ""
    )
    return f"No guarantee: among the {among}, the choice does not lead by enough to tell at {margin}{more}."


def second_sentence(found: Document) -> str:
    """The second best, and what it brings and costs."""
    second = found["second_best"]
    if second is None or not second["portfolio"]:
        return ""
    return f"Second best: {listed(second)}, {_gain_with_interval(found, second)}. {cost_sentence(second)}"


def doubt_sentences(found: Document) -> list[str]:
    """What other firms that it may be make of the choice, and what to find out first."""
    return [sentence for doubt in found["doubts"] for sentence in _doubted(found, doubt)]


def _doubted(found: Document, doubt: Document) -> list[str]:
    unit = found["question"]["unit"]
    chosen = next(row for row in doubt["contenders"] if row["is_choice"])
    said = [f"{_over(doubt)}: {_robust(doubt, chosen, unit)}"]
    turning = [row for row in doubt["measure_next"] if row["could_turn"]]
    hanging = [row for row in doubt["measure_next"] if not row["could_turn"]][:3]
    if turning:
        said.append("Find out first: " + "; ".join(_turning(doubt, row, unit) for row in turning[:3]) + ".")
    else:
        said.append(f"No single one of the {doubt['values']} values could be seen to turn the choice.")
    if hanging:
        names = "; ".join(map(_value, hanging))
        said.append(f"How much is gained hangs most on: {names}.")
    return [*said, *([_boxed(doubt)] if doubt["box"] else [])]


def _over(doubt: Document) -> str:
    if doubt["over"] == "posterior":
        return f"Over {doubt['draws']} firms that fit your data"
    share = f"{100 * doubt['spread']:g} %"
    return f"With {doubt['values']} assumed values each doubted by {share} to either side ({doubt['draws']} draws)"


def _robust(doubt: Document, chosen: Document, unit: str) -> str:
    if hangs_on_nothing(doubt):
        standing = on_average(doubt, chosen, unit)
    else:
        worst = f"falls behind the best by {amount(chosen['regret_worst_tenth'], unit)} in the worst tenth"
        standing = f"is the best of those compared in {100 * chosen['share_best']:.0f} % of draws and {worst}"
    if not chosen["portfolio"]:
        return f"doing nothing {standing}."
    better = f"better than doing nothing in {100 * chosen['share_better_than_nothing']:.0f} % of draws, luck included"
    return f"the choice is {better}; it {standing}."


def hangs_on_nothing(doubt: Document) -> bool:
    """Whether the same contender is the best in every draw: then which is best hangs on no value that can be seen."""
    return all(row["share_best"] in (0.0, 1.0) and "rival" in row for row in doubt["contenders"])  # older files: none


def on_average(doubt: Document, chosen: Document, unit: str) -> str:
    """How the choice stands on average to the best of the others, where the draws tell nothing more."""
    rival = listed(doubt["contenders"][chosen["rival"]])
    if chosen["lead_low"] is None:
        return f"brings what {rival} brings"
    ends = f"95 % interval {amount(chosen['lead_low'], '')} to {amount(chosen['lead_high'], '')}"
    if chosen["lead_low"] <= 0.0 <= chosen["lead_high"]:
        told = f"cannot be told on average from {rival}"
    else:
        told = f"brings on average {'more' if chosen['lead'] > 0.0 else 'less'} than {rival}"
    return f"{told} ({amount(chosen['lead'], unit)}, {ends}), and no value is seen to change that"


def _value(row: Document) -> str:
    """A value by its path, with what it is."""
    return f"{row['path']} ({row['meaning']})" if row["meaning"] else str(row["path"])


def _turning(doubt: Document, row: Document, unit: str) -> str:
    low, high = (listed(doubt["contenders"][row[end]]) for end in ("best_if_low", "best_if_high"))
    worth = f"worth {amount(row['worth'], unit)} to know"
    about = f"{_value(row)}, {worth}"
    return about if low == high else f"{about}: if low, {low}; if high, {high}"


def _boxed(doubt: Document) -> str:
    box = doubt["box"]
    parts = []
    for bound in box["bounds"]:
        low = "" if bound["low"] is None else f" at least {bound['low']:.3g}"
        high = "" if bound["high"] is None else f" at most {bound['high']:.3g}"
        parts.append(f"{bound['path']} is{low}{' and' if low and high else ''}{high}")
    often = f"{100 * box['inside']:.0f} % of draws there, {100 * box['outside']:.0f} % elsewhere"
    return f"Beware where {' and '.join(parts)}: another portfolio is better in {often}."


def rows_of(options: Sequence[Document], unit: str) -> list[tuple[str, str, str, str, str]]:
    """Rows of a table of portfolios: cost a year, hours a year, gain, interval, what is begun."""
    rows = []
    for one in options:
        low, high = (amount(one[name], "") for name in ("ci_low", "ci_high"))
        ends = "–" if one["ci_low"] is None else f"{low} to {high}"
        cost, hours = amount(one["cost"], ""), f"{one['hours']:,.0f}"
        rows.append((cost, hours, amount(one["gain"], unit), ends, days_of(one)))
    return rows


def days_of(option: Document) -> str:
    """A portfolio in one line: label, dose, first day."""
    said = (
        f"{start['label']} ({start['said']}{'' if start['start_day'] == 0 else ', day ' + str(start['start_day'])})"
        for start in option["portfolio"]
    )
    return " + ".join(said) or "Do nothing"
