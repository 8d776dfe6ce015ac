"""An attribution as one HTML file for a board: answer, waterfall, numbers, what it rests on, how to make it again."""

from __future__ import annotations

import html
from functools import partial
from typing import Any

from sim.analysis.waterfall import draw_waterfall, in_order, scale_of
from sim.domain.outcomes import BY_NAME
from sim.domain.shown import MONEY, in_currency
from sim.explain.attribution import Attribution
from sim.explain.attribution_groups import MECHANISM_GROUPS
from sim.report.attribution_words import tell_attribution, with_interval
from sim.report.page import MARKS, environment
from sim.report.study_page import shown
from sim.report.study_parts import Exhibit, Part, Table
from sim.report.study_words import replications_text

COLUMNS = (
    ("Part", "name"),
    ("Adds (interval)", "number"),
    ("Share of the whole", "number"),
    ("Alone", "number"),
    ("At last", "number"),
    ("Verdict", "verdict"),
)
PAIR_COLUMNS = (("Pair", "name"), ("Together (interval)", "number"), ("Verdict", "verdict"))
CAPTION = (
    "Each bar begins where the one above has ended; the last is the whole. In the table, alone is what a part adds"
    " where no other takes part, and at last what is lost where it alone is missing."
)
#: Sentences at the head of the page for each outcome, and outcomes that are told there.
MOST_SENTENCES, MOST_TOLD = 2, 3


def attribution_parts(found: Attribution) -> list[Part]:
    """A part of the page for each outcome."""
    return [_part(found, name) for name in found.outcomes]


def _part(found: Attribution, name: str) -> Part:
    rows = [row for row in found.rows if row["outcome"] == name]
    pairs = [row for row in found.pairs if row["outcome"] == name]
    return attribution_part(rows, pairs, (found.game.before, found.game.after))


def attribution_part(rows: list[dict[str, Any]], pairs: list[dict[str, Any]], ends: tuple[str, str]) -> Part:
    """A part of a page about one outcome, from its rows and pairs, and the names of what is compared."""
    name, told = rows[0]["outcome"], tell_attribution(rows, pairs)
    draw = partial(draw_waterfall, rows, ends)
    exhibits = (Exhibit(f"waterfall-{name}", "", tuple(told), CAPTION, draw, _table(rows)),)
    folded = (Exhibit(f"pairs-{name}", "pairs", (), table=_pair_table(pairs)),) if pairs else ()
    return Part(BY_NAME[name].label, tuple(told[:MOST_SENTENCES]), exhibits, folded)


def _table(rows: list[dict[str, Any]]) -> Table:
    scale = scale_of(rows)
    cells = []
    for row in in_order(rows):
        share = "" if row["share"] is None else f"{round(100 * row['share'])} %"
        singles = ["" if row[name] is None else scale.change(scale.factor * row[name]) for name in ("alone", "last")]
        cells.append((row["label"], with_interval(row, scale), share, *singles, row["verdict"]))
    return Table(COLUMNS, ((scale.unit, tuple(cells)),))


def _pair_table(pairs: list[dict[str, Any]]) -> Table:
    scale = scale_of([{**row, "contribution": row["together"]} for row in pairs])
    cells = [
        (f"{row['first_label']} + {row['second_label']}", with_interval(row, scale, "together"), row["verdict"])
        for row in pairs
    ]
    return Table(PAIR_COLUMNS, ((scale.unit, tuple(cells)),))


def attribution_page(found: Attribution, line: str) -> str:
    """Make the page of an attribution.

    Parameters
    ----------
    found : Attribution
        Read only here.
    line : str
        In Python, what makes it again.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the same text for the same attribution.
    """
    parts, about = attribution_parts(found), found.provenance
    currency = about["scenario"]["currency"]
    page = (
        environment()
        .get_template("attribution.html.j2")
        .render(
            title=f"From {found.game.before} to {found.game.after}: what caused the change?",
            size=_size(found),
            answer=[" ".join(part.answer) for part in parts[:MOST_TOLD]],
            parts=parts,
            picture=shown,
            marks=MARKS,
            is_sampled=found.orders is not None,
            has_rest=found.has_rest,
            has_direct=len(found.hands) > 1,
            has_draws=bool(about.get("posterior")),
            mechanisms=_mechanisms(found),
            made=_made(found, line),
            explains_money=currency == MONEY,
        )
    )
    return in_currency(page, html.escape(currency))


def _size(found: Attribution) -> str:
    """Scenario, among whom it is split, and how many replications."""
    about, many = found.provenance, found.provenance["replications"]
    return f"{about['scenario_name']}, split by {found.game.by}, {replications_text(many, many)}"


def _mechanisms(found: Attribution) -> list[tuple[str, str]]:
    """Label and meaning of the groups of mechanisms that play."""
    if found.game.by != "mechanisms":
        return []
    known = [(player.label, MECHANISM_GROUPS.get(player.name)) for player in found.game.players]
    return [(label, group.meaning) for label, group in known if group is not None]


def _made(found: Attribution, line: str) -> list[tuple[str, str]]:
    """What a reader needs to make it again."""
    about = found.provenance
    how = "all sets" if found.orders is None else f"{found.orders} orders"
    return [
        ("In Python", line),
        ("Scenario", about["scenario_name"]),
        ("Looked at", f"{how}: {found.n_coalitions:,} sets of {len(found.names)} parts"),
        ("Runs", f"{found.study.status.done:,}"),
        ("Seed", str(about["seed"])),
        ("Version", f"{about['version']}, results {about['results_version']}"),
        ("Digest", about["digest"]),
    ]
