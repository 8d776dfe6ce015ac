"""The one error that bad input raises: it names the field, the rule, the value and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

#: Characters of an error that are kept with a run, and those of a value that are shown.
LONGEST_ERROR, LONGEST_VALUE = 500, 200
#: Characters of a rule and of a mend, which may name what a user has named.
LONGEST_PHRASE = 1000


class Told(str):
    """What came instead, where it is told in words and not shown: it stands in the message without quotes."""

    __slots__ = ()


class InputError(ValueError):
    r"""Something a user gave cannot be used.

    Parameters
    ----------
    field : str
        Path of the field, file or option, such as ``people.reps`` or ``sales_pipeline.csv, row 7``.
    rule : str
        What must hold, as a phrase: ``must be between 1 and 10000``.
    value : object
        What came instead; None where nothing came, `Told` where it is told in words.
    mend : str
        What to do about it, as a sentence.

    Examples
    --------
    >>> print(InputError("people.reps", "must be between 1 and 10000", 0, "Give at least one rep."))
    people.reps: must be between 1 and 10000, got 0
    Give at least one rep.
    >>> print(InputError("\n", "is not known", 1, "Leave it out."))
    '\n': is not known, got 1
    Leave it out.
    """

    def __init__(self, field: str, rule: str, value: object, mend: str) -> None:
        field = "".join(sign if sign.isprintable() else repr(sign) for sign in field)
        field = repr(field) if field.isspace() else field  # nobody would see it
        self.field, self.rule, self.value, self.mend = field, rule, value, mend
        super().__init__(
            f"{_short(field)}: {_short(rule, LONGEST_PHRASE)}, got {_shown(value)}\n{_short(mend, LONGEST_PHRASE)}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """How it goes from one process to another, which the text alone could not."""
        return type(self), (self.field, self.rule, self.value, self.mend)


def _shown(value: object) -> str:
    """A value as a message shows it: a text in quotes, nothing too long to be read.

    Examples
    --------
    >>> _shown("mid"), _shown(None), _shown(Told("an empty file")), _shown(2.5)
    ("'mid'", 'nothing', 'an empty file', '2.5')
    """
    is_text = isinstance(value, str) and not isinstance(value, Told)
    text = "nothing" if value is None else repr(value[: 2 * LONGEST_VALUE]) if is_text else str(value)  # type: ignore[index]
    return _short(text)


def _short(text: str, most: int = LONGEST_VALUE) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


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
