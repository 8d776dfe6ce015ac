"""The growth curves as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.parts import Row

#: What a person-day or a lead may cost against the reference.
LIMIT = 1.3
INK, WASH = "#1f4e79", "#b0b0b0"


def draw(found: dict[str, list[Row]], path: Path) -> None:
    """Draw ms per run, and growth with people and leads; a panel without figures stays empty."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.4), layout="constrained")
    runs, people, leads = figure.subplots(1, 3)
    _runs(runs, found.get("speed", []))
    _growth(people, found.get("people", []), ("people", "people", "a person-day costs, against 60 people"))
    _growth(leads, found.get("leads", []), ("leads", "leads of a run", "a lead costs, against 1,000 leads"))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)


def _runs(axes: Any, rows: list[Row]) -> None:
    axes.loglog([row["people"] for row in rows], [row["ms"] for row in rows], "o-", color=INK)
    for row in rows:
        words = f"{row['scenario']} {row['ms']:.3g}"
        axes.annotate(words, (row["people"], row["ms"]), (4, -10), textcoords="offset points", fontsize=8)
    axes.set(xlabel="people", ylabel="ms", title="One run of 650 days, one core")
    axes.grid(alpha=0.3)


def _growth(axes: Any, rows: list[Row], names: tuple[str, str, str]) -> None:
    column, label, title = names
    axes.semilogx([row[column] for row in rows], [row["growth"] for row in rows], "o-", color=INK)
    axes.axhline(LIMIT, color=WASH, linestyle="--")
    axes.axhline(1.0, color=WASH)
    axes.set(xlabel=label, ylabel="times", title=title, ylim=(0, None))
    axes.grid(alpha=0.3)
