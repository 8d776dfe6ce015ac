"""Partings and their causes in words: what each question asks, and how each answer reads."""

from __future__ import annotations

from typing import NamedTuple

from sim.domain.vocabulary import (
    DRAW_ACCEPT,
    DRAW_KEEP_OWN,
    DRAW_PRODUCT,
    DRAW_RECYCLE,
    DRAW_REROUTE,
    DRAW_SAYS_YES,
    DRAW_SECOND_LOOK,
    DRAW_TOUCH,
    DRAW_WORK_IT,
    DRAW_WORK_IT_REROUTED,
    READY,
    STATES,
)
from sim.explain.divergences import Divergence, stage_of
from sim.explain.influences import Influence, Weighing
from sim.explain.path import is_judgement


class Question(NamedTuple):
    """A question in words: as a heading, the answer yes, the answer no, and the submodel of docs/odd.md."""

    label: str
    yes: str
    no: str
    submodel: str


ANSWERS = {
    READY: Question(
        "marketing's judgement", "marketing called it ready", "marketing did not call it ready", "Marketing"
    ),
    DRAW_RECYCLE: Question("kept warm", "marketing kept it warm", "marketing put it away for good", "Marketing"),
    DRAW_KEEP_OWN: Question("own lead kept", "the generalist kept it", "the generalist passed it on", "Hand-off"),
    DRAW_WORK_IT: Question("read by the rep", "the rep took it", "the rep read it and left it", "Hand-off"),
    DRAW_SECOND_LOOK: Question(
        "second look", "the rep took it when asked about it", "the rep did not take it when asked", "Hand-off"
    ),
    DRAW_REROUTE: Question("offered on", "it was offered to another rep", "it was offered to nobody else", "Hand-off"),
    DRAW_WORK_IT_REROUTED: Question("taken by another", "another rep took it", "the other rep left it", "Hand-off"),
    DRAW_ACCEPT: Question("first contact", "it became a deal", "it was turned down", "Hand-off"),
    DRAW_PRODUCT: Question("product", "the deal was for product B", "the deal was for product A", "Selling"),
    DRAW_SAYS_YES: Question("buyer's answer", "the buyer said yes", "the buyer said no", "Selling"),
}
TOUCH_ANSWERS = (
    ("the buyer fell silent", "the buyer did not fall silent"),
    ("the buyer went to a competitor", "the buyer did not go to a competitor"),
    ("the buyer decided", "the buyer did not decide yet"),
)
ATTENTION = {
    "read here only": Question("time to read", "the rep read and took it", "nobody read it in time", "Hand-off"),
    "read there only": Question("time to read", "the rep read and took it", "nobody read it in time", "Hand-off"),
    "followed up here only": Question("follow-up", "sales followed it up", "sales did not follow it up", "Hand-off"),
    "followed up there only": Question("follow-up", "sales followed it up", "sales did not follow it up", "Hand-off"),
    "kept up here only": Question(
        "time for the deal", "the rep kept up with the deal", "the rep neglected it", "Selling"
    ),
    "kept up there only": Question(
        "time for the deal", "the rep kept up with the deal", "the rep neglected it", "Selling"
    ),
}


def question_of(cause: Divergence) -> Question:
    """The question of a parting; a stage has its own label."""
    if cause.question in ATTENTION:
        return ATTENTION[cause.question]
    if cause.told:
        return Question("hand-off point", *cause.told, "Hand-off")
    if cause.address[0] == DRAW_TOUCH:
        return Question(f"{STATES[stage_of(cause.address)]}: touches", *TOUCH_ANSWERS[2], "Selling")
    asked = ANSWERS[cause.address[0]]
    if cause.address[0] == DRAW_SAYS_YES:
        return asked._replace(label=f"{STATES[cause.address[1]]}: {asked.label}")
    return asked


def answers_of(cause: Divergence, weighing: Weighing | None) -> tuple[str, str]:
    """How both worlds answered."""
    question = question_of(cause)
    if cause.told:
        return cause.told
    if weighing is None:
        is_here = cause.question.endswith(" here only")
        return (question.yes, question.no) if is_here else (question.no, question.yes)
    yes, no = question.yes, question.no
    if cause.address[0] == DRAW_TOUCH:
        yes, no = TOUCH_ANSWERS[weighing.index]
    return (yes, no) if weighing.first.is_yes else (no, yes)


def cause_text(cause: Divergence, weighing: Weighing | None, names: tuple[str, str], warmup: int) -> str:
    """A cause in sentences: what was answered in both worlds, by which chances and luck, and what that hung on.

    Parameters
    ----------
    names : tuple of str
        Of both worlds.
    warmup : int
        Working days before the window, to count days from its first.
    """
    ours, theirs = answers_of(cause, weighing)
    if weighing is None:
        return f"In {names[0]} {ours}; in {names[1]} {theirs} (from day {cause.day - warmup})."
    first, second = weighing.first, weighing.second
    days = first.day - warmup, second.day - warmup
    text = f"In {names[0]} {ours} (day {days[0]}); in {names[1]} {theirs} (day {days[1]}). "
    if is_judgement(weighing.address):
        return text + (
            f"The score was {first.chance:.2f} against {second.chance:.2f}, the limit {first.draw:.2f} against"
            f" {second.draw:.2f}."
        )
    return text + (
        f"The chance was {first.chance:.3f} against {second.chance:.3f};"
        f" the luck, {first.draw:.3f} in both, lies between."
    )


def influence_text(influence: Influence, first: str) -> str:
    """One quantity in words: its values, what that of the first world alone would add in the second, if it is enough.

    Examples
    --------
    >>> influence_text(Influence("trust", 0.282, 0.316, 0.339, 0.0215, False), "aligned")
    'trust: 0.282 against 0.316; as in aligned it would add 0.021'
    """
    text = f"{influence.name}: {number(influence.first)} against {number(influence.second)}"
    if influence.shift is None:
        return text
    does = "add" if influence.shift > 0 else "take away"
    enough = ", enough alone to turn the answer" if influence.is_enough else ""
    return f"{text}; as in {first} it would {does} {abs(influence.shift):.3f}{enough}"


def number(value: float) -> str:
    """A number as short as it can be read.

    Examples
    --------
    >>> number(12.0), number(0.28282), number(31245.7)
    ('12', '0.283', '31,246')
    """
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
