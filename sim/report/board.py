"""A page for a board: question, answer, picture, table, costs, how sure, what it rests on, what would change it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.domain.shown import MONEY, in_currency
from sim.report.closing import Closing, closing_parts
from sim.report.parts_page import parts_page
from sim.report.study_made import posterior_lines
from sim.report.study_parts import Part


@dataclass(frozen=True)
class Board:
    """All that a page for a board says.

    Parameters
    ----------
    question, kicker : str
        What was asked, and of what.
    answer : tuple of str
        Three sentences at most.
    shown : tuple of Part
        Pictures and tables.
    costs, sure, change : tuple of str
        Sentences.
    moved : tuple of str
        Relationship types and interventions that it is about.
    again : tuple of (str, str)
        What makes it again: name and line.
    further : tuple of Part
        Shown at the end.
    """

    question: str
    kicker: str
    answer: tuple[str, ...]
    shown: tuple[Part, ...]
    costs: tuple[str, ...]
    sure: tuple[str, ...]
    change: tuple[str, ...]
    moved: tuple[str, ...]
    again: tuple[tuple[str, str], ...]
    further: tuple[Part, ...] = ()


def board_page(board: Board, about: Mapping[str, Any]) -> str:
    """Make the page.

    Parameters
    ----------
    board : Board
        What it says.
    about : mapping
        Provenance of the result.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the same text for the same result.
    """
    currency = about["scenario"]["currency"]
    closing = Closing(board.costs, board.sure, board.change, board.moved)
    page = parts_page(
        "board.html.j2",
        (board.question, board.kicker),
        list(board.answer),
        [
            *board.shown,
            *closing_parts(closing, about),
            *board.further,
        ],
        made=[*board.again, *made_lines(about)],
        explains_money=currency == MONEY,
    )
    return in_currency(page, html.escape(currency))


def made_lines(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values of what made a result, from its provenance."""
    commit = f", commit {about['commit'][:12]}" if about.get("commit") else ""
    many = [("Replications", f"{about['replications']:,}")] if "replications" in about else []
    return [
        ("Scenario", about["scenario_name"]),
        *posterior_lines(dict(about)),
        ("Seed", str(about["seed"])),
        *many,
        ("Version", f"smarketing {about['version']}{commit}, results version {about['results_version']}"),
        ("Digest", about["digest"]),
    ]
