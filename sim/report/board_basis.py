"""What a result rests on: numbers by their basis, the firm's own values, draws, and the entries that were compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.prose import enumerate_words
from sim.report.study_parts import Table, columns
from sim.spec.basis import ASSUMPTION, CHOICE, COMPUTED, EVIDENCE, TUNED, Basis, foundations

#: What each basis is called in a sentence, in the order in which they are told.
NAMES = {
    EVIDENCE: "from published evidence",
    COMPUTED: "computed from public data",
    TUNED: "tuned so that the model shows known patterns",
    ASSUMPTION: "assumptions (many with a sign or an order from evidence)",
    CHOICE: "choices and switches",
}
#: The same of a single number.
ONE = {**NAMES, ASSUMPTION: "an assumption", CHOICE: "a choice"}
COLUMNS = columns("What", "Numbers", "Assumed", "Evidence", words=("Evidence",))


def rests_on(about: Mapping[str, Any], moved: Sequence[str]) -> tuple[str, ...]:
    """What a result rests on, in sentences.

    Parameters
    ----------
    about : mapping
        Its provenance.
    moved : sequence of str
        Relationship types and interventions that it is about.
    """
    every = foundations()
    told = [f"The model has {len(every):,} numbers: {_counted(every)}."]
    own = entries_of(moved)
    if own:
        told.append(_in_question(own))
    values = about["scenario"].get("sources") or {}
    if values:
        many = "One value is" if len(values) == 1 else f"{len(values):,} values are"
        told.append(f"{many} the firm’s own: {enumerate_words(_few(values))}.")
    if drawn := about.get("posterior"):
        unsure = drawn["columns"]
        many = "One value is" if len(unsure) == 1 else f"{len(unsure):,} values are"
        told.append(
            f"{many} known only so far: {drawn['draws']:,} draws from {drawn['file']} stand for what they may be."
        )
    elif not values:
        told.append("No value of this scenario is said to come from a real firm: it is a typical one.")
    return (*told, "All numbers with what they rest on: smarketing evidence.")


def _in_question(own: Sequence[Basis]) -> str:
    """How many numbers describe what was compared, and what they rest on."""
    about, bases = "the relationship types and interventions in question", {number.basis for number in own}
    if len(own) == 1:
        return f"One of them describes {about}: it is {ONE[own[0].basis]}."
    if len(bases) == 1:
        return f"The {len(own):,} that describe {about} are all {NAMES[own[0].basis]}."
    return f"{len(own):,} of them describe {about}: {_counted(own)}."


def _few(values: Mapping[str, str], most: int = 4) -> list[str]:
    told = [f"{path} ({source})" for path, source in list(values.items())[:most]]
    return told + ([f"{len(values) - most:,} more"] if len(values) > most else [])


def _counted(numbers: Sequence[Basis]) -> str:
    many = Counter(number.basis for number in numbers)
    return enumerate_words([f"{many[basis]:,} {words}" for basis, words in NAMES.items() if many[basis]])


def entries_of(moved: Sequence[str]) -> list[Basis]:
    """Numbers of relationship types and interventions, by their names."""
    return [number for number in foundations() if number.number.partition(".")[0] in set(moved)]


def basis_table(moved: Sequence[str]) -> Table | None:
    """What was compared, with how many numbers it has, how many are assumed, and which rows of evidence they cite."""
    rows = []
    for name in moved:
        own = entries_of([name])
        if own:
            cited = sorted({row for number in own for row in number.rows})
            assumed = sum(number.basis == ASSUMPTION for number in own)
            rows.append((name.replace("_", " "), str(len(own)), str(assumed), ", ".join(cited) or "–"))
    return Table(COLUMNS, (("", tuple(rows)),)) if rows else None
