"""What stands in the report of a study: parts with exhibits, each a heading, a sentence, a picture and its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.domain.errors import InputError, error_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.ensemble.experiment import Experiment

#: Draws a picture for a wide page, or a narrow one.
Draw = Callable[[bool], "Figure"]


@dataclass(frozen=True)
class Table:
    """A table in words.

    Parameters
    ----------
    columns : tuple of (str, str)
        Title and kind of each column: ``name`` (the first), ``number``, ``text`` or ``verdict``.
    groups : tuple of (str, tuple of rows)
        Heads (may be empty) with the rows below them, a text for each column.
    """

    columns: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def columns(first: str, *others: str, words: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """Columns of a table: a name, then numbers, those in ``words`` text.

    Examples
    --------
    >>> columns("Dose", "Mean", "May be best", words=["May be best"])
    (('Dose', 'name'), ('Mean', 'number'), ('May be best', 'text'))
    """
    return ((first, "name"), *((title, "text" if title in words else "number") for title in others))


@dataclass(frozen=True)
class Exhibit:
    """One picture with what is said about it.

    Parameters
    ----------
    name : str
        Name of its files and prefix of its ids: lower-case words joined by hyphens.
    heading : str
        What it is about, empty where the part says so.
    reading : tuple of str
        What it says, in sentences.
    caption : str
        What marks and intervals are.
    draw : callable or None
        Draws it; None where there is only a sentence.
    table : Table or None
        The numbers.
    """

    name: str
    heading: str
    reading: tuple[str, ...]
    caption: str = ""
    draw: Draw | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Part:
    """One question to the study with its answer.

    Parameters
    ----------
    title : str
        Heading.
    answer : tuple of str
        Sentences that may stand at the head of the page, most important first.
    exhibits : tuple of Exhibit
        Shown openly; the first at least.
    folded : tuple of Exhibit
        Shown on demand, and in print.
    method : str
        How it was found, with its source.
    """

    title: str
    answer: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    folded: tuple[Exhibit, ...] = ()
    method: str = ""


Ask = Callable[["Experiment", str], Exhibit]


def exhibits_of(study: Experiment, outcomes: Sequence[str], ask: Ask) -> tuple[Exhibit, ...]:
    """An exhibit for each outcome; one that the study cannot answer says why."""
    return tuple(answered(study, name, ask) for name in outcomes)


def answered(study: Experiment, outcome: str, ask: Ask) -> Exhibit:
    """An exhibit, or the reason why there is none."""
    try:
        return ask(study, outcome)
    except InputError as error:
        return refused(outcome, error)


def refused(name: str, error: InputError) -> Exhibit:
    """An exhibit that says why there is none."""
    return Exhibit(f"none-{name}", "", (f"Not to be answered by this study: {error_line(error)}",))


def told(exhibits: Sequence[Exhibit], most: int = 2) -> tuple[str, ...]:
    """The first sentences of the first exhibit that has a picture."""
    for exhibit in exhibits:
        if exhibit.draw is not None:
            return exhibit.reading[:most]
    return ()
