"""An attribution in sentences, each with its figures; what is not distinguishable from nothing is called no cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.attribution import OTHER
from sim.analysis.panels import inside
from sim.analysis.waterfall import Scale, in_order, levels_text, scale_of
from sim.domain.outcomes import BY_NAME

Row = dict[str, Any]
UNCLEAR = "not distinguishable"
#: Parts that a sentence names.
MOST_NAMED = 3
#: Share of the largest part below which a part is only counted.
SMALL = 0.05


def tell_attribution(rows: Sequence[Row], pairs: Sequence[Row] = ()) -> list[str]:
    """What an outcome's change is made up of, most important first.

    Parameters
    ----------
    rows, pairs : sequence of dict
        Of one outcome, as `sim.explain.attribution.Attribution` has them.
    """
    lines, scale = in_order(rows), scale_of(rows)
    whole, parts = lines[-1], lines[:-1]
    told = [_whole(whole, scale)]
    clear = sorted((row for row in parts if _is_clear(row)), key=lambda row: -abs(row["contribution"]))
    if _is_clear(whole):
        same = [row for row in clear if (row["contribution"] > 0) == (whole["contribution"] > 0)]
        told += _sources(same, [row for row in clear if row not in same], scale)
    elif clear:
        told.append(f"Clear parts, which may cancel out: {_list(clear, scale)}.")
    told += _unclear(parts)
    return told + [_pair(row, scale) for row in pairs if row["verdict"] not in (UNCLEAR, "equal")][:1]


def _is_clear(row: Row) -> bool:
    return row["contribution"] is not None and row["verdict"] not in (UNCLEAR, "equal")


def with_interval(row: Row, scale: Scale, name: str = "contribution", share: str = "") -> str:
    """A change with its interval and share, without its unit.

    Examples
    --------
    >>> row = {"contribution": 0.031, "ci_low": 0.02, "ci_high": 0.05, "verdict": "better"}
    >>> with_interval(row, Scale(100.0, "points", 1))
    '+3.1 (+2.0 to +5.0)'
    """
    if row[name] is None:
        return "–"
    ends = ""
    if row["ci_low"] is not None and row["verdict"] != "equal":
        ends = " to ".join(scale.change(scale.factor * row[end]) for end in ("ci_low", "ci_high"))
    inside_brackets = "; ".join(filter(None, (ends, share)))
    return scale.change(scale.factor * row[name]) + (f" ({inside_brackets})" if inside_brackets else "")


def _whole(row: Row, scale: Scale) -> str:
    label = BY_NAME[row["outcome"]].label
    if row["contribution"] is None:
        return f"{label}: there is no replication in which every set has a value, so that nothing can be split."
    if row["verdict"] == "equal":
        return f"{label}: no change at all in any replication."
    ends = with_interval(row, scale).partition(" (")
    change = f"{ends[0]} {scale.unit}".strip() + "".join(ends[1:])
    way = f", {levels_text(row)}" if row["mean_before"] is not None and row["mean_after"] is not None else ""
    if not _is_clear(row):
        return f"{label}: {change}{way}. This is not distinguishable from no change, so that no shares are given."
    judged = "" if row["verdict"] == "different" else f", for the {row['verdict']}"
    return f"{label}: {change}{way}{judged}."


def _sources(same: Sequence[Row], against: Sequence[Row], scale: Scale) -> list[str]:
    """Where a change comes from, and what works against it; parts small beside the largest are only counted."""
    least = SMALL * max((abs(row["contribution"]) for row in (*same, *against)), default=0.0)
    told = f"It comes from {_list(same, scale, least)}" if same else "No single part of it is clear"
    if against:
        verb = "works" if len(against) == 1 else "work"
        told += f"; against it {verb} {_list(against, scale, least)}"
    return [told + "."]


def _list(rows: Sequence[Row], scale: Scale, least: float = 0.0) -> str:
    named = [row for row in rows[:MOST_NAMED] if abs(row["contribution"]) >= least]
    words = [f"{_name(row)} {with_interval(row, scale, share=_share(row))}" for row in named]
    if more := len(rows) - len(named):
        words.append(f"and {more} smaller" if words else f"{more} small part{'s' if more > 1 else ''}")
    return ", ".join(words)


def _name(row: Row) -> str:
    return "other ways than these" if row["kind"] == OTHER else inside(row["label"])


def _share(row: Row) -> str:
    return "" if row["share"] is None or row["share"] < 0.0 else f"{100 * row['share']:.0f} % of the whole"


def _unclear(parts: Sequence[Row]) -> list[str]:
    """Parts of which nothing can be said, and those that are always exactly 0."""
    told = []
    for verdict, words in (
        (UNCLEAR, "Not distinguishable from nothing"),
        ("equal", "Exactly nothing in every replication"),
    ):
        names = [_name(row) for row in parts if row["verdict"] == verdict]
        told += [f"{words}: {', '.join(names)}."] if names else []
    return told


def _pair(row: Row, scale: Scale) -> str:
    names = f"{row['first_label']} and {inside(row['second_label'])}"
    does = {"better": "reinforce each other", "worse": "take from each other"}.get(row["verdict"], "do not add up")
    return f"{names} {does}: together {with_interval(row, scale, 'together')} beyond what each adds alone."
