"""The one error that bad input raises: it names the field, the rule, the value and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

#: Characters of an error that are kept with a run.
LONGEST_ERROR = 500


class InputError(ValueError):
    """Something a user gave cannot be used.

    Parameters
    ----------
    field : str
        Path of the field, file or option, such as ``people.reps`` or ``sales_pipeline.csv, row 7``.
    rule : str
        What must hold, as a phrase: ``must be between 1 and 10000``.
    value : object, optional
        What came instead; left out of the message where there is no value to show.
    mend : str, optional
        What to do about it, as a sentence.

    Examples
    --------
    >>> print(InputError("people.reps", "must be between 1 and 10000", 0, "Give at least one rep."))
    people.reps: must be between 1 and 10000, got 0
    Give at least one rep.
    """

    def __init__(self, field: str, rule: str, value: object = None, mend: str = "") -> None:
        self.field, self.rule, self.value, self.mend = field, rule, value, mend
        got = "" if value is None else f", got {value!r}" if isinstance(value, str) else f", got {value}"
        super().__init__(f"{field}: {rule}{got}" + (f"\n{mend}" if mend else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        """How it goes from one process to another, which the text alone could not."""
        return type(self), (self.field, self.rule, self.value, self.mend)


def error_line(error: Exception) -> str:
    """An error as one line of at most LONGEST_ERROR characters, as a row of a run keeps it.

    Examples
    --------
    >>> error_line(InputError("people.reps", "must be between 1 and 10000", 0, "Give at least one rep."))
    'people.reps: must be between 1 and 10000, got 0; Give at least one rep.'
    """
    text = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
    sentences = "; ".join(text.encode(errors="replace").decode().replace("\0", " ").splitlines())
    return " ".join(sentences.split())[:LONGEST_ERROR]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name the known word nearest to a misspelt one, or list what there is.

    Examples
    --------
    >>> did_you_mean("liason", ["collocation", "liaison"])
    "Did you mean 'liaison'?"
    """
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f"Did you mean {near[0]!r}?" if near else "There are: " + ", ".join(names) + "."
