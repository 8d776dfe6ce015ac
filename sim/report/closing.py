"""The parts that close every page: what it costs, how sure it is, what it rests on, what would change the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.report.board_basis import basis_table, rests_on
from sim.report.study_parts import Exhibit, Part

#: Headings of the closing parts, in their order; every page has all of them.
COSTS, SURE, RESTS, CHANGE = (
    "What it costs",
    "How sure that is",
    "What it rests on",
    "What would change the answer",
)


@dataclass(frozen=True)
class Closing:
    """What the closing parts say.

    Parameters
    ----------
    costs, sure, change : tuple of str
        Sentences, one at least in each.
    moved : tuple of str
        Relationship types and interventions that it is about.
    """

    costs: tuple[str, ...]
    sure: tuple[str, ...]
    change: tuple[str, ...]
    moved: tuple[str, ...] = ()


def closing_parts(closing: Closing, about: Mapping[str, Any]) -> list[Part]:
    """What it costs, how sure it is, what it rests on, and what would change the answer.

    Parameters
    ----------
    closing : Closing
        What is said.
    about : mapping
        Provenance of the result.
    """
    basis = Exhibit("basis", "", rests_on(about, closing.moved), table=basis_table(closing.moved))
    return [
        said("costs", COSTS, closing.costs),
        said("sure", SURE, closing.sure),
        Part(RESTS, (), (basis,)),
        said("change", CHANGE, closing.change),
    ]


def said(name: str, title: str, sentences: Sequence[str]) -> Part:
    """A part of sentences alone."""
    return Part(title, (), (Exhibit(name, "", tuple(sentences)),))
