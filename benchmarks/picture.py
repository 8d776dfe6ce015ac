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
    _growth(people, found.get("people", []), ("people", "people", "Cost of a person-day"))
    _growth(leads, found.get("leads", []), ("leads", "leads of a run", "Cost of a lead"))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)


def _runs(axes: Any, rows: list[Row]) -> None:
    axes.loglog([row["people"] for row in rows], [row["ms"] for row in rows], "o-", color=INK)
    for row in rows:
        words = f"{row['scenario']} {row['ms']:.3g}"
        axes.annotate(words, (row["people"], row["ms"]), (4, -10), textcoords="offset points", fontsize=8)
    axes.margins(0.4, 0.15)
    if rows:
        axes.set_xlim(right=30 * max(row["people"] for row in rows))  # room for the words of the largest
    axes.set(xlabel="people", ylabel="ms", title="One run of 650 days on one core")
    _plain(axes)
    _plain(axes, "y")


def _growth(axes: Any, rows: list[Row], names: tuple[str, str, str]) -> None:
    column, label, title = names
    axes.semilogx([row[column] for row in rows], [row["growth"] for row in rows], "o-", color=INK)
    axes.axhline(LIMIT, color=WASH, linestyle="--")
    axes.axhline(1.0, color=WASH)
    top = max([LIMIT, *(row["growth"] for row in rows)])
    axes.set(xlabel=label, ylabel="times the reference (dashed: asked)", title=title, ylim=(0, 1.1 * top))
    _plain(axes)


def _plain(axes: Any, axis: str = "x") -> None:
    """Whole numbers along a logarithmic axis instead of powers of ten."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    ticks = getattr(axes, f"{axis}axis")
    ticks.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1e6:g} M" if value >= 1e6 else f"{value:,.0f}"))
    ticks.set_minor_formatter(NullFormatter())
    axes.grid(alpha=0.3)
