"""What of a firm's data may be seen: nothing about fewer than five people, no name, no address, no formula."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import secrets
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
import platformdirs

from sim.calibrate.person_names import is_same_person, reads_like_a_person

FAIR_USE = (
    "This is about organizations, not persons: do not use it to hire, rate, promote, pay or dismiss anyone, "
    "and show nothing for fewer than five people."
)
#: Assumption, as is usual in surveys of staff: a number about fewer people can be traced to one of them.
FEWEST_PEOPLE = 5
HIDDEN = "(hidden)"
_ADDRESS = re.compile(r"\S@\S")
_TWO_NAMES = re.compile(r"\b[^\W\d_a-z][^\W\d_]+[,.]?[\s'’-]+(?:[^\W\d_]\.?\s+)?[^\W\d_a-z][^\W\d_]+")
_PLAIN_ID = (
    r"(?:[A-Za-z]{0,2}|(?i:lead|mql|deal|case|opp|opportunity|record|contact|ticket|trace|application|row|id|zcrm))"
    r"[-_#/: ]?\d[0-9A-Za-z-]{0,40}|[A-Za-z]|[0-9a-fA-F-]{8,40}"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def at_least_five(n: float) -> bool:
    """Whether a number that rests on so many people of a real firm may be shown.

    Examples
    --------
    >>> at_least_five(4), at_least_five(5)
    (False, True)
    """
    return n >= FEWEST_PEOPLE


def hidden_if_few(n: float, shown: str) -> str:
    """Give a text about people, or in its place that they are too few to show it.

    Parameters
    ----------
    n : float
        People it rests on.
    shown : str
        The text if they are at least five.

    Examples
    --------
    >>> hidden_if_few(12, "win rate 0.31"), hidden_if_few(3, "win rate 0.31")
    ('win rate 0.31', '(hidden: fewer than 5 people)')
    """
    return shown if at_least_five(n) else f"(hidden: fewer than {FEWEST_PEOPLE} people)"


def shown_cell(text: object, longest: int = 40) -> str:
    """Text of a cell as a message may show it: addresses and what looks like a person's name are hidden.

    Parameters
    ----------
    text : object
        The cell.
    longest : int
        Characters shown at most.

    Examples
    --------
    >>> shown_cell("soon"), shown_cell("ann@example.org"), shown_cell("Ann Smith")
    ('soon', '(hidden)', '(hidden)')
    """
    word = str(text)
    return HIDDEN if has_address(word) or _TWO_NAMES.search(word) else word[:longest]


def has_address(text: object) -> bool:
    """Whether a text holds an e-mail address."""
    return bool(_ADDRESS.search(str(text)))


def is_private(text: object, people: Collection[str], named: Collection[str] = ()) -> bool:
    """Whether a text holds an e-mail address or one of some people's names.

    Parameters
    ----------
    text : object
        A source, stage or other word of an export.
    people : collection of str
        Names as the export spells them; those of fewer than five letters count only where they are the whole text.
        Names of several words count in any order, and with initials.
    named : collection of str
        Names, in lower case, that count only where they are the whole text.

    Examples
    --------
    >>> (
    ...     is_private("Referral by ann smith", {"Ann Smith"}),
    ...     is_private("Web", {"Ann Smith"}),
    ...     is_private("Bo", (), {"bo"}),
    ... )
    (True, False, True)
    """
    word = str(text).casefold().strip()
    return has_address(word) or word in named or any(_is_named(word, name.casefold().strip()) for name in people)


def _is_named(word: str, name: str) -> bool:
    return word == name != "" or (len(name) >= 5 and name in word) or is_same_person(word, name)


def without_people(
    words: pd.Series[str], people: Collection[str], named: Collection[str] = ()
) -> tuple[pd.Series[str], int]:
    """Hide words that name a person, worked out once per distinct word.

    Parameters
    ----------
    words : pandas.Series
        Text, shape (rows,); missing values stay.
    people, named : collection of str
        Names to look for, in a word and as a whole word.

    Returns
    -------
    words : pandas.Series
        With ``(hidden)`` in place of what names a person, or looks like a name and stands in fewer than five rows;
        formulas are made harmless.
    n : int
        How many rows that were.
    """
    codes, distinct = pd.factorize(words.astype(object))
    counts = np.bincount(codes[codes >= 0], minlength=len(distinct))
    hide = [
        is_private(word, people, named) or (n < FEWEST_PEOPLE and bool(_TWO_NAMES.search(str(word))))
        for word, n in zip(distinct, counts, strict=True)
    ]
    private = np.array([*hide, False])
    words_shown = (HIDDEN if hide else harmless(str(word)) for word, hide in zip(distinct, private, strict=False))
    shown = np.array([*words_shown, None], dtype=object)
    return pd.Series(shown[codes], words.index, dtype=object), int(private[codes].sum())


def without_lookalikes(words: pd.Series[str]) -> tuple[pd.Series[str], int]:
    """Hide words that read like a person's name, in however many rows they stand.

    Parameters
    ----------
    words : pandas.Series
        Text, shape (rows,); missing values stay.

    Returns
    -------
    words : pandas.Series
        With ``(hidden)`` in place of such names.
    n : int
        How many rows that were.
    """
    like = {word for word in words.dropna().unique() if word != HIDDEN and reads_like_a_person(str(word))}
    is_hidden = words.isin(like)
    return words.mask(is_hidden, HIDDEN), int(is_hidden.sum())


def anonymous_people(names: pd.Series[str], word: str) -> pd.Series[str]:
    """Replace names by a word and a number, in order of first appearance; no name gives None.

    Examples
    --------
    >>> anonymous_people(pd.Series(["Ann", None, "Bob", "Ann", ""]), "rep").tolist()
    ['rep 1', None, 'rep 2', 'rep 1', None]
    """
    codes, distinct = pd.factorize(names.astype(object))
    numbers = iter(range(1, len(distinct) + 1))
    shown = [f"{word} {next(numbers)}" if name else None for name in distinct]
    return pd.Series(np.array([*shown, None], dtype=object)[codes], names.index, dtype=object)


_PERSONAL = re.compile(r"name|mail|phone|contact|person|owner|author|createdby|modifiedby|rep$|agent|user|manager")


def names_in(columns: pd.DataFrame, skip: Collection[str | None] = ()) -> set[str]:
    """Texts of the columns whose headers speak of people, in lower case: what no source and no stage may be.

    Parameters
    ----------
    columns : pandas.DataFrame
        Text cells.
    skip : collection of str
        Headers that hold the sources and stages themselves.

    Examples
    --------
    >>> sorted(names_in(pd.DataFrame({"First Name": ["Ann"], "Stage Name": ["Won"], "Region": ["EU"]})))
    ['ann']
    """
    found: set[str] = set()
    for i, header in enumerate(columns.columns):
        low = str(header).lower()
        plain = re.sub(r"[\W_]", "", low)
        if header not in skip and _PERSONAL.search(plain) and not re.search("stage|source|campaign", low):
            found |= set(columns.iloc[:, i].str.strip().str.casefold().unique())
    return {name for name in found if len(name) > 1 and not name.isdigit()}


def safe_ids(ids: pd.Series[str]) -> tuple[pd.Series[str], int]:
    """Hash ids that could be a name or an address, with the salt of this machine; plain numbers and codes stay.

    Parameters
    ----------
    ids : pandas.Series
        Ids as text, shape (rows,).

    Returns
    -------
    ids : pandas.Series
        Equal ids stay equal, and on one machine from one export to the next.
    n : int
        How many rows were hashed.

    Notes
    -----
    Keyed BLAKE2b (Aumasson et al. 2013), 64 bits. The key stays on the machine, so that names cannot be tried out by
    whoever is given a result.
    """
    if _are_codes(ids[ids != ""]):
        return ids, 0
    unsafe = ~ids.str.fullmatch(_PLAIN_ID).astype(bool) & (ids != "")
    if not unsafe.any():
        return ids, 0
    codes, distinct = pd.factorize(ids[unsafe])
    shown = np.array(["id-" + hashed(word) for word in distinct], dtype=object)
    ids = ids.astype(object)
    ids[unsafe] = shown[codes]
    return ids, int(unsafe.sum())


def _are_codes(ids: pd.Series[str]) -> bool:
    """Whether ids are letters and digits, all of one length and nearly all with a digit, as names never are."""
    if ids.empty or ids.str.len().nunique() > 1 or not ids.str.fullmatch(r"[0-9A-Za-z-]{6,40}").all():
        return False
    return bool(ids.str.contains(r"\d", regex=True).mean() > 0.9)


def hashed(word: str) -> str:
    """Digest of a word with the salt of this machine, 16 hex digits."""
    return hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8, key=local_salt()).hexdigest()


@functools.cache
def local_salt() -> bytes:
    """Salt of this machine, 32 bytes, made on first use; where no folder can be written, one for this process only."""
    file = Path(platformdirs.user_data_dir("smarketing", appauthor=False)) / "salt"
    try:
        return _kept_salt(file)
    except OSError:
        return secrets.token_bytes(32)


def _kept_salt(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        draft = file.with_name(f"salt.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(32))
        try:
            os.link(draft, file)  # whoever comes first; a half-written salt is never seen
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    salt = file.read_bytes()
    if len(salt) != 32:
        raise OSError(f"{file.name} is damaged")
    return salt


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: a quote is put before =, +, -, @, tab and return.

    Notes
    -----
    OWASP, "CSV injection". Numbers stay as they are.

    Examples
    --------
    >>> harmless("=cmd|' /C calc'!A0"), harmless("-12.5"), harmless("Web")
    ("'=cmd|' /C calc'!A0", '-12.5', 'Web')
    """
    if not text.startswith(_FORMULA) or re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", text):
        return text
    return f"'{text}"
