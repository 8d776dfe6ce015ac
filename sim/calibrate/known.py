"""What a firm knows about itself by hand: numbers that no export and no answer of people gives, each with a range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sim.domain.errors import InputError, Told, did_you_mean

COLUMNS = ("quantity", "value", "low", "high")


@dataclass(frozen=True)
class Quantity:
    """Something that a firm can say about itself.

    Parameters
    ----------
    name : str
        As files call it.
    unit : str
        Of its value.
    least, most : float
        Range of its value.
    is_whole : bool
        Whether it counts people.
    path : str
        Scenario value that it is; empty for what only shows in runs.
    meaning : str
        What is asked.
    """

    name: str
    unit: str
    least: float
    most: float
    is_whole: bool
    path: str
    meaning: str


_TABLE = """
reps              | people        | 1     | 120  | people.reps            | people in sales who work leads and deals
marketers         | people        | 1     | 60   | people.marketers       | people in marketing
inquiries_per_day | 1/work day    | 0.01  | 250  |                        | new inquiries
win_rate          | share         | 0.001 | 0.9  |                        | of inquiries that become customers
time_to_win       | calendar days | 0.5   | 1500 |                        | from inquiry to order; half take less
deal_value        | money         | 1     | 1e9  |                        | mean of an order
meetings          | per quarter   | 0     | 65   | practices.meetings     | meetings of marketing with sales
liaisons          | people        | 0     | 10   | practices.liaisons     | people whose job is to link the two sides
joint_events      | per quarter   | 0     | 13   | practices.joint_events | workshops, off-sites and the like
disputes_per_100  | per 100       | 0     | 500  |                        | of all kinds per 100 leads handed over
dispute_hours     | h/week/person | 0     | 20   |                        | lost to disputes between the two sides
"""
_WHOLE = ("reps", "marketers")


def _read(table: str) -> dict[str, Quantity]:
    found = {}
    for line in table.strip().splitlines():
        name, unit, least, most, path, meaning = (cell.strip() for cell in line.split("|"))
        found[name] = Quantity(name, unit, float(least), float(most), name in _WHOLE, path, meaning)
    return found


#: What the form asks for, in its order.
QUANTITIES = _read(_TABLE)
#: What a run shows of conflict, by quantity; an estimate of it narrows what the practices can be.
SHOWN_BY_RUNS = {"disputes_per_100": "conflict_per_100", "dispute_hours": "dispute_hours"}


def known_table(rows: Mapping[str, tuple[str, Mapping[str, str]]]) -> pd.DataFrame:
    """Check what a firm knows of itself.

    Parameters
    ----------
    rows : mapping
        By quantity: where it stands, for errors, and the text of ``value``, ``low`` and ``high``, each may be empty.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``value``, ``low``, ``high`` in the order of `QUANTITIES`; only what is given. A value alone is
        taken as exact, a range alone has its middle as value, that of disputes by ratios.

    Raises
    ------
    InputError
        Naming place, rule, value and mend.

    Examples
    --------
    >>> known_table({"reps": ("", {"value": "12"}), "win_rate": ("", {"low": "0.1", "high": "0.2"})})
       quantity  value   low  high
    0      reps  12.00  12.0  12.0
    1  win_rate   0.15   0.1   0.2
    """
    for name, (where, _) in rows.items():
        if name not in QUANTITIES:
            raise InputError(where, "unknown quantity", name, did_you_mean(name, QUANTITIES))
    ordered = [(name, *rows[name]) for name in QUANTITIES if name in rows]
    known = [row for name, where, texts in ordered if (row := _row(QUANTITIES[name], where, texts)) is not None]
    return pd.DataFrame(known, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[1:], float))


def _row(quantity: Quantity, where: str, texts: Mapping[str, str]) -> tuple[str, float, float, float] | None:
    value, low, high = (_number(quantity, f"{where}, {part}", texts.get(part, "")) for part in COLUMNS[1:])
    if math.isnan(low) != math.isnan(high):
        raise InputError(where, "must have both ends of its range, or none", Told("one end"), "Give low and high.")
    if math.isnan(value) and math.isnan(low):
        return None
    if math.isnan(low):
        low = high = value
    if math.isnan(value):
        value = _middle(quantity, low, high)
    if not low <= value <= high:
        rule = f"must lie in its own range, {low:g} to {high:g}"
        raise InputError(where, rule, value, "Give low first, then high.")
    return quantity.name, value, low, high


def _middle(quantity: Quantity, low: float, high: float) -> float:
    """Value of a range: its middle, whole for people, and by ratios for disputes, of which a firm knows the order."""
    if quantity.name in SHOWN_BY_RUNS and low > 0:
        return math.sqrt(low * high)
    return round((low + high) / 2) if quantity.is_whole else (low + high) / 2


def _number(quantity: Quantity, where: str, text: str) -> float:
    """A number, with a point or a comma as decimal mark; NaN where nothing is given."""
    text = text.strip()
    if not text:
        return math.nan
    try:
        number = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        raise InputError(where, "must be a number", text[:40], "Write digits, such as 12 or 0.2.") from None
    if not quantity.least <= number <= quantity.most:
        rule = f"must be between {quantity.least:g} and {quantity.most:g} ({quantity.unit})"
        mend = "13 % is 0.13." if quantity.name == "win_rate" else f"Give it as {quantity.unit}, within that."
        raise InputError(where, rule, text, mend)
    if quantity.is_whole and not number.is_integer():
        raise InputError(where, "must be a whole number", text, "Leave the decimals out.")
    return number
