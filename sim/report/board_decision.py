"""A decision within a budget as a page for a board."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.decision_figures import draw_course, draw_frontier, draw_regret
from sim.analysis.points import BASELINE
from sim.decide.choice import ACT
from sim.report.board import Board
from sim.report.board_again import again_lines, decide_command
from sim.report.decision_words import (
    amount,
    answer,
    cost_sentence,
    days_of,
    dip_sentence,
    doubt_sentences,
    ended,
    guarantee_sentence,
    hangs_on_nothing,
    limits_sentence,
    listed,
    on_average,
    rows_of,
    second_sentence,
)
from sim.report.prose import capital
from sim.report.study_comparisons import compared_exhibit
from sim.report.study_parts import Exhibit, Part, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Document = Mapping[str, Any]
COLUMNS = (
    ("c.u. a year", "name"),
    ("Hours a year", "number"),
    ("Gain", "number"),
    ("95 % interval", "text"),
    ("What is begun", "text"),
)


def decision_board(document: Document) -> Board:
    """The page of a decision, from its JSON."""
    asked, about = document["question"], document["provenance"]
    option = told_of(document)
    parts = (_frontier(document), _brings(document, option), _way(document), _doubted(document))
    shown = [part for part in parts if part is not None]
    goal = asked["label"] if asked["label"] else asked["goal"]
    return Board(
        question=f"What should {about['scenario_name']} do first with {_budget(document)}, for {goal.lower()}?",
        kicker=", ".join(
            (
                about["scenario_name"],
                f"{document['search']['portfolios']:,} portfolios",
                f"{about['replications']:,} replications",
            )
        ),
        answer=tuple(board_answer(document)),
        shown=tuple(shown),
        costs=_costs(document, option),
        sure=_sure(document),
        change=change_sentences(document),
        moved=(asked["relationship"], *dict.fromkeys(start["name"] for start in option["portfolio"])),
        again=again_lines(decide_command(document)),
    )


def told_of(document: Document) -> Any:
    """What a page is about: the choice, or what leads where nothing is chosen."""
    return document["choice"] if document["verdict"] == ACT else document["leading"] or document["choice"]


def _budget(document: Document) -> str:
    money = document["budget"]
    return "any budget" if money is None else f"{amount(money, 'c.u.')} a year"


def board_answer(document: Document) -> list[str]:
    """What to do, what it brings and costs, and how sure that is, or why nothing: three sentences at most."""
    told = answer(document)
    if document["verdict"] != ACT:
        many = document["provenance"]["replications"]
        return [
            *told[:2],
            *(told[2:3] or [f"That is from {many:,} replications on common luck, with a 95 % interval."]),
        ]
    choice = document["choice"]
    chance = choice["probability_best"]
    many = (document["guarantee"] or {}).get("compared")
    best = (
        f"Of {many} portfolios that fit, it is the best with a probability of {_percent(chance)}"
        if chance and many
        else ""
    )
    firm = choice["probability_better"]
    better = f"the probability that it pays in this firm is {_percent(firm)}" if firm is not None else ""
    sure = capital("; ".join(part for part in (best, better) if part))
    return [told[0], told[1].replace(". It costs", ", and costs"), f"{sure}." if sure else guarantee_sentence(document)]


def _percent(share: float) -> str:
    from sim.report.uncertainty import percent_of

    return percent_of(share)


def _frontier(document: Document) -> Part | None:
    """What each budget buys, as a picture and a table."""
    rows, unit = document["frontier"], document["question"]["unit"]
    if len(rows) < 2:
        return None
    best = rows[-1]
    reading = (
        f"{len(rows)} portfolios are better than every cheaper one, doing nothing among them.",
        f"The most, {amount(best['gain'], unit)}, costs {amount(best['cost'], 'c.u.')} a year: {days_of(best)}.",
    )
    table = Table(COLUMNS, (("", tuple(rows_of(rows, unit))),))
    caption = "Each line is a 95 % interval; where it crosses zero, the portfolio may not pay."
    exhibit = Exhibit("frontier", "", reading, caption, partial(draw_frontier, document), table)
    return Part("What each budget buys", (), (exhibit,))


def _way(document: Document) -> Part | None:
    """The way there, with its dip."""
    figure = draw_course(document)
    reading = dip_sentence(document, "choice" if document["verdict"] == ACT else "leading")
    if figure is None or not reading:
        return None
    caption = "Profit so far, against doing nothing, with its 95 % interval."
    draw = lambda narrow: draw_course(document, narrow) or figure  # noqa: E731 - one picture in two sizes
    return Part("When it pays", (), (Exhibit("way", "", (reading,), caption, draw),))


#: Doubts by what they are over: name of the picture, and heading.
DOUBTS = {
    "posterior": ("regret-data", "Over the firms that fit the data"),
    "assumptions": ("regret-assumed", "Over what is only assumed"),
}


def _doubted(document: Document) -> Part | None:
    """How the contenders fare in the firms that it may be."""
    told = tuple(_doubt(document, doubt) for doubt in document["doubts"])
    return Part("What if the firm is another than we think", (), told) if told else None


def _doubt(document: Document, doubt: Document) -> Exhibit:
    """The regret of contenders over one kind of doubt, as a picture and a table."""
    unit, (name, heading) = document["question"]["unit"], DOUBTS[doubt["over"]]
    ordered = sorted(doubt["contenders"], key=lambda one: float(one["regret_worst_tenth"]))
    least, chosen = ordered[0], next(one for one in ordered if one["is_choice"])
    worst = amount(chosen["regret_worst_tenth"], unit)
    reading = f"In the worst tenth of {doubt['draws']} draws, {_who(chosen)} falls {worst} behind the best contender."
    if least is not chosen:
        reading += f" The least has {listed(least)}: {amount(least['regret_worst_tenth'], unit)}."
    if hangs_on_nothing(doubt):
        reading = f"Over {doubt['draws']} draws, {_who(chosen)} {on_average(doubt, chosen, unit)}."
    rows = tuple(_doubt_row(one, unit) for one in ordered)
    caption = (
        "Falling behind: how much less it brings than what is best in the same firm, luck out. Gains: mean, and the"
        " range of nine tenths of firms."
    )
    draw = partial(_drawn_regret, document, doubt["over"])
    return Exhibit(name, heading, (reading,), caption, draw, Table(REGRETS, (("", rows),)))


REGRETS = (
    ("What is begun", "name"),
    ("Gain", "number"),
    ("In nine tenths of firms", "text"),
    ("Behind the best, mean", "number"),
    ("In the worst tenth", "number"),
    ("Best in", "number"),
)


def _doubt_row(one: Document, unit: str) -> tuple[str, ...]:
    ends = f"{amount(one['gain_low'], '')} to {amount(one['gain_high'], '')}"
    figures = (amount(one[name], unit) for name in ("gain", "regret", "regret_worst_tenth"))
    gain, mean, worst = figures
    name = capital(listed(one)) + (" (the choice)" if one["is_choice"] else "")
    return name, gain, ends, mean, worst, f"{100 * one['share_best']:.0f} %"


def _who(chosen: Document) -> str:
    return "the choice" if chosen["portfolio"] else "doing nothing"


def _drawn_regret(document: Document, over: str, narrow: bool) -> Figure:
    figure = draw_regret(document, over, narrow)
    assert figure is not None
    return figure


def _brings(document: Document, option: Document) -> Part | None:
    """What the choice, or what leads, does to the headline outcomes."""
    if not option["portfolio"]:
        return None
    about = {"scenario": "option", "label": listed(option), "group": "", "caution": "", "point_id": "option"}
    rows = [{**row, **about} for row in option["outcomes"]]
    nothing = {"point_id": "nothing", "scenario": "nothing", "label": "Doing nothing", "verdict": BASELINE}
    rows += [{**row, **nothing, "mean": row["baseline_mean"], "difference": 0.0} for row in rows]
    title = "What that brings" if document["verdict"] == ACT else "What the nearest to it would bring"
    method = "Verdicts are adjusted for the number of finalists (Holm), at 5 %."
    return Part(title, (), (compared_exhibit("brings", "", pd.DataFrame(rows)),), method=method)


def _costs(document: Document, option: Document) -> tuple[str, ...]:
    name = "choice" if document["verdict"] == ACT else "leading"
    who = cost_sentence(option)
    who = f"{capital(listed(option))}{who.removeprefix('It')}" if option["portfolio"] else who
    dip = dip_sentence(document, name) if option["portfolio"] else ""
    return tuple(sentence for sentence in (who, dip) if sentence)


def _sure(document: Document) -> tuple[str, ...]:
    looked, many = document["search"], document["provenance"]["replications"]
    every = "every order of every choice" if looked["is_whole"] else "found by racing on common luck"
    tried = (
        f"{looked['portfolios']:,} portfolios were tried ({every}), {looked['finalists']:,} of them compared on"
        f" {many:,} replications of fresh luck."
    )
    kept = limits_sentence(told_of(document))
    return tuple(sentence for sentence in (tried, guarantee_sentence(document), kept) if sentence)


def change_sentences(document: Document) -> tuple[str, ...]:
    """What would change the choice: more money, less money, more runs, more data."""
    told = doubt_sentences(document) if document.get("doubts") else []
    told += [second_sentence(document)] if document["second_best"] != document["leading"] else []
    choice, unit = document["choice"], document["question"]["unit"]
    budget = document["budget"]
    dearer = [row for row in document["frontier"] if budget is not None and row["cost"] > budget]
    if dearer:
        first = dearer[0]
        told.append(
            f"With {amount(first['cost'], 'c.u.')} a year it could be {listed(first)}, {amount(first['gain'], unit)}."
        )
    cheaper = [row for row in document["frontier"] if row["cost"] < choice["cost"]]
    if cheaper:
        last = cheaper[-1]
        cheap = "nothing" if last["cost"] == 0.0 else amount(last["cost"], "c.u.")
        told.append(
            ended(
                f"With less than {amount(choice['cost'], 'c.u.')} a year the best that was compared is {listed(last)},"
                f" {amount(last['gain'], unit)} for {cheap}"
            )
        )
    option = told_of(document)
    if option["parameter_share"] is not None:
        told.append(
            f"{100 * option['parameter_share']:.0f} % of the uncertainty of its gain is about the firm itself: data"
            " would narrow it, more replications would not."
        )
    return tuple(sentence for sentence in told if sentence)
