"""What caused an effect, and why leads fared differently, as pages for a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sim.analysis.range_figures import Line, Words, draw_ranges
from sim.analysis.waterfall import scale_of
from sim.domain.outcomes import BY_NAME
from sim.report.attribution_page import attribution_part
from sim.report.attribution_words import with_interval
from sim.report.board import Board
from sim.report.board_again import again_lines, attribute_command, command, explain_command
from sim.report.board_words import SPENT
from sim.report.prose import capital, decimal, enumerate_words
from sim.report.study_parts import Exhibit, Part, Table, columns
from sim.spec.catalogue import interventions, relationships, scenario_names

Document = Mapping[str, Any]
#: Reasons and settings that a page shows.
MOST_SHOWN = 12
WORDS = ("From … to …", "Mostly because of")
REASONS = columns("Where the paths part", "Leads", "Bookings", *WORDS, words=WORDS)
SETTINGS = columns("Setting", "As it was", "As it is", "Leads restored", words=("As it was", "As it is"))


def attribution_board(document: Document) -> Board:
    """The page of an attribution, from its JSON."""
    about, by = document["provenance"], document["by"]
    parts = [_part(document, name) for name in dict.fromkeys(row["outcome"] for row in document["rows"])]
    how = "all sets" if document["orders"] is None else f"{document['orders']:,} orders"
    ways = f"{how}, {document['coalitions']:,} sets of {len(document['players'])} parts"
    return Board(
        question=f"From {document['before']} to {document['after']}: what caused the change?",
        kicker=f"{about['scenario_name']}, split by {by}, {about['replications']:,} replications",
        answer=tuple(" ".join(part.answer) for part in parts[:3]),
        shown=tuple(parts),
        costs=_spent(document),
        sure=(
            f"Parts are fair shares (Shapley values) over {ways}; they add up to the whole in every replication.",
            f"Verdicts are adjusted for the number of parts (Holm), from {about['replications']:,} replications.",
        ),
        change=_change(document),
        moved=moved_of(document),
        again=again_lines(attribute_command(document)),
    )


def _part(document: Document, name: str) -> Part:
    rows, pairs = ([row for row in document[table] if row["outcome"] == name] for table in ("rows", "pairs"))
    return attribution_part(rows, pairs, (document["before"], document["after"]))


def _change(document: Document) -> tuple[str, ...]:
    """Parts that cannot be told from nothing, of each outcome."""
    told = []
    for name in dict.fromkeys(row["outcome"] for row in document["rows"]):
        rows = [row for row in document["rows"] if row["outcome"] == name]
        unclear = [row["label"] for row in rows if row["verdict"] == "not distinguishable"]
        if unclear:
            told.append(
                f"{BY_NAME[name].label}: {len(unclear)} of {len(rows)} are not distinguishable from nothing"
                f" ({enumerate_words(unclear)}); more replications may tell."
            )
    return (*told, "Another firm, or another start: parts hang on what is in place already.")


def _spent(document: Document) -> tuple[str, ...]:
    """What the whole change does to money and hours, as far as these were split."""
    told = []
    for row in document["rows"]:
        if row["kind"] == "total" and row["outcome"] in SPENT and row["contribution"] is not None:
            scale = scale_of([row])
            open_ = ", not distinguishable" if row["verdict"] == "not distinguishable" else ""
            told.append(f"{capital(SPENT[row['outcome']])}: {with_interval(row, scale)} {scale.unit}{open_}.")
    if any(row["outcome"] == "profit" for row in document["rows"]):
        told.append("Profit is what is left after pay, programme, practices and interventions, so their cost is in it.")
    if told:
        return tuple(told)
    return ("No cost is among the outcomes that were split; --outcome profit,cost,intervention_cost splits it too.",)


def _unpriced(worlds: Sequence[str], name: str) -> str:
    """What to ask for costs, which an explanation does not count."""
    asked = command("compare", [name], {"relationships": ",".join(worlds)}) if name in scenario_names() else ""
    is_known = set(worlds) <= set(relationships())
    how = f": {asked}" if asked and is_known else " (smarketing compare)"
    return f"An explanation follows single leads and counts no costs. A comparison of the same worlds does{how}."


def moved_of(document: Document) -> tuple[str, ...]:
    """Shipped types and interventions that an attribution names."""
    known = {**relationships(), **interventions()}
    named = [*(str(player["name"]).partition("=")[0] for player in document["players"])]
    ends = [str(document[end]).lower() for end in ("before", "after")]
    return tuple(name for name in dict.fromkeys([*ends, *named]) if name in known)


def explanation_board(document: Document) -> Board:
    """The page of an explanation, from its JSON: typical reasons, and settings that restore leads."""
    about, first = document["provenance"], document["baseline"]
    worlds = [pair["world"] for pair in document["pairs"]]
    known = {**relationships(), **interventions()}
    return Board(
        question=f"Why did leads fare differently in {enumerate_words(worlds)} than in {first}?",
        kicker=f"{about['scenario_name']}, seed {about['seed']}, the same luck in all worlds",
        answer=tuple(sentence for pair in document["pairs"] for sentence in explained_words(pair, first))[:3],
        shown=tuple(part for pair in document["pairs"] for part in _pair_parts(pair, first)),
        costs=(_unpriced([first, *worlds], about["scenario_name"]),),
        sure=tuple(_checked(pair, first) for pair in document["pairs"]),
        change=("This is one run on one luck: another seed has other leads.",),
        moved=tuple(name for name in (first, *worlds) if name in known),
        again=again_lines(explain_command(document)),
    )


def explained_words(pair: Document, first: str) -> list[str]:
    """How many leads fared differently, the commonest reason, and what restores most, each with figures."""
    counts, looked = pair["counts"], len(pair["stories"])
    told = [
        f"{counts['both']:,} leads came in to both {first} and {pair['world']}; {counts['differing']:,} of them fared"
        " differently."
    ]
    if pair["reasons"]:
        top = pair["reasons"][0]
        told.append(
            f"Of {looked:,} that were looked at, the commonest parting is {top['label'][:1].lower()}{top['label'][1:]}:"
            f" {top['leads']:,} leads, {_booked(top['bookings'])}."
        )
    if restoring := [one for one in pair["settings"] if one["restored"]]:
        best = restoring[0]
        told.append(
            f"The one setting that restores most alone is {_setting(best)}: {best['restored']:,} of {best['of']:,}."
        )
    return told


def _setting(setting: Document) -> str:
    """A setting as people say it."""
    return str(setting["name"]).replace("_", " ")


def _booked(money: float) -> str:
    return f"{decimal(money, 0, True)} c.u. of bookings" if round(money) else "no difference in bookings"


def _checked(pair: Document, first: str) -> str:
    found, looked = pair["verdicts"], len(pair["stories"])
    rest = [f"{found['joint_causes']:,} have joint causes"] if found["joint_causes"] else []
    rest += [f"for {found['not_found']:,} no cause was found"] if found["not_found"] else []
    more = f"; {enumerate_words(rest)}" if rest else ""
    return (
        f"Each cause was taken back in {pair['world']}, and nothing else: for {found['one_cause']:,} of {looked:,}"
        f" leads that alone gives the fate of {first}{more}."
    )


def _pair_parts(pair: Document, first: str) -> list[Part]:
    rows = pair["reasons"][:MOST_SHOWN]
    lines = [Line(row["label"], [(0.0, row["leads"], row["leads"])]) for row in rows]
    words = Words("Leads by where their paths part", f"{first} and {pair['world']}", ("leads",), "", "leads")
    cells = [
        (
            row["label"],
            f"{row['leads']:,}",
            decimal(row["bookings"], 0, True),
            " → ".join(row["fates"]),
            row["because"],
        )
        for row in rows
    ]
    draw = partial(draw_ranges, lines, words, 0.0) if rows else None
    reading = (f"{sum(row['leads'] for row in rows):,} of {len(pair['stories']):,} leads are in the picture.",)
    name = str(pair["world"]).lower().replace(" ", "-")
    reasons = Exhibit(
        f"reasons-{name}", "", reading, "Bars share one scale from zero.", draw, Table(REASONS, (("", tuple(cells)),))
    )
    parts = [Part(f"{capital(first)} and {pair['world']}", (), (reasons,))]
    settings = [one for one in pair["settings"] if one["restored"]][:MOST_SHOWN]
    if settings:
        cells2 = [
            (_setting(one), str(one["first"]), str(one["second"]), f"{one['restored']:,} of {one['of']:,}")
            for one in settings
        ]
        told = (f"{len(settings)} settings restore leads when one alone is as in {first}, for the whole firm.",)
        exhibit = Exhibit(f"settings-{name}", "", told, table=Table(SETTINGS, (("", tuple(cells2)),)))
        parts.append(Part("What restores leads", (), (exhibit,)))
    return parts
