"""The report's pictures: from a study to matplotlib figures, and from a figure to SVG that any page can hold.

One unit of every SVG is one pixel at full size. Each picture has a wide and a narrow layout.
"""

from __future__ import annotations

import html
import io
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from threading import RLock
from typing import TYPE_CHECKING, Any

from sim.analysis.study import FUNNEL_STEPS, Band, Effect, Study, fraction_of
from sim.domain.shown import DAYS_PER_QUARTER, quarter_months, quarter_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, RULE = "#1d2733", "#66717e", "#dfe3e8"
VERDICT_MARKS = {
    "better": ("o", "#0072b2", "#0072b2"),
    "worse": ("D", "#d55e00", "#d55e00"),
    "different": ("^", "#6a4c93", "#6a4c93"),
    "equal": ("s", "#66717e", "white"),
    "not distinguishable": ("o", "#8a949f", "white"),
}
"""Marker, edge colour, fill by verdict (blue and vermilion after Okabe and Ito, told apart by shape too)."""

BASELINE_COLOUR, TYPE_COLOURS = "#8a949f", ("#79c2b6", "#2f8f82", "#0b4a43", "#7a5195", "#bc5090", "#e07a3f")
MEASURED = (
    ("bookings_new", "New bookings"),
    ("profit", "Profit"),
    ("cycle_days", "Median cycle time"),
    ("conflict_per_100", "Disputes per hand-off"),
)
COURSES = (("trust", "Trust (0 to 1)"), ("followup_rate", "Share of hand-offs followed up"))
FAMILY_TITLES = {"relationships": "Relationship types", "interventions": "Single interventions"}
WIDE, NARROW = 1040, 388
MOST_TICKS = 5
LINE, FAMILY_GAP = 26, 62
PIXELS_PER_INCH = 72
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "font.family": "DejaVu Sans",
    "font.size": 12.5,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 11.5,
    "ytick.labelsize": 11.5,
}
STYLE_LOCK = RLock()


@contextmanager
def house_style(salt: str = "smarketing") -> Iterator[None]:
    """Apply the report's type, colours and fixed SVG salt for the length of a block, then put all back.

    A user's own matplotlib settings do not show through. Matplotlib keeps settings per process, so that
    threads take turns here.
    """
    from matplotlib.style import context

    with STYLE_LOCK, context(["default", {**STYLE, "svg.hashsalt": salt}]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def blank(width: float, height: float) -> Figure:
    """Make a transparent figure of the given size in pixels."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / PIXELS_PER_INCH, height / PIXELS_PER_INCH), dpi=PIXELS_PER_INCH, facecolor="none")
    FigureCanvasSVG(figure)
    return figure


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add bare axes at a place given in pixels from the figure's upper left corner."""
    across, down = (float(side) * PIXELS_PER_INCH for side in figure.get_size_inches())
    axes = figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down), facecolor="none")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, pad=5)
    return axes


def shorten(label: str, most: int = 24) -> str:
    """Cut a label that would not fit.

    Examples
    --------
    >>> shorten("Joint assignments", 9)
    'Joint as…'
    """
    return label if len(label) <= most else label[: most - 1] + "…"


def signed(value: float, digits: int = 0) -> str:
    """A percentage with sign, a true minus, and no sign on zero.

    Examples
    --------
    >>> signed(-3.21, 1), signed(0.04, 1), signed(20)
    ('−3.2 %', '0.0 %', '+20 %')
    """
    text = f"{value:+.{digits}f}"
    text = text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")
    return f"{text} %"


# --- differences ------------------------------------------------------------------------------------------


def measured(study: Study) -> list[tuple[str, str]]:
    """Outcomes of the difference plot, with their titles, of which the study has a difference."""
    return [(outcome, title) for outcome, title in MEASURED if any(study.effects(f, outcome) for f in FAMILY_TITLES)]


def listed(study: Study, family: str) -> list[tuple[str, str]]:
    """Scenario ids and labels of a family in the difference plot, best new bookings first."""
    found: dict[str, str] = {}
    for outcome, _ in measured(study):
        for effect in study.effects(family, outcome):
            found.setdefault(effect.scenario, effect.label)
    return list(found.items())


def draw_effects(study: Study, narrow: bool = False) -> Figure:
    """Draw each scenario's difference from the baseline in percent, with its interval: a panel per outcome and family.

    Each family has a scale of its own, as single interventions move less than relationship types do.

    Parameters
    ----------
    study : Study
        Read only here.
    narrow : bool
        Outcomes one under the other instead of side by side.

    Returns
    -------
    matplotlib.figure.Figure
        With no line at all if the study compares none of the outcomes.
    """
    families = [(family, lines) for family in FAMILY_TITLES if (lines := listed(study, family))]
    outcomes = measured(study)
    high = sum(LINE * len(lines) + FAMILY_GAP for _, lines in families)
    names, values = (190, 60) if narrow else (192, 58)
    many = max(1, len(outcomes))
    with house_style():
        figure = blank(NARROW, many * (high + 58)) if narrow else blank(WIDE, high + 58)
        width = NARROW - names - values if narrow else (WIDE - names) / many - values - 12
        for index, (outcome, title) in enumerate(outcomes):
            left, top = (names, 56 + index * (high + 58)) if narrow else (names + index * (width + values + 12), 56)
            for family, lines in families:
                axes = place(figure, left, top + 24, width, LINE * len(lines))
                effects = {effect.scenario: effect for effect in study.effects(family, outcome)}
                draw_panel(axes, lines, effects, width)
                if family == families[0][0]:
                    head_panel(axes, effects, title)
                if narrow or index == 0:
                    name_lines(axes, [*lines], FAMILY_TITLES[family], names / width)
                top += LINE * len(lines) + FAMILY_GAP
        draw_key(figure, study)
    return figure


def draw_panel(axes: Axes, lines: Sequence[tuple[str, str]], effects: dict[str, Effect], width: float) -> None:
    """Draw one outcome's dots and intervals; axes changed in place, ``width`` is theirs in pixels."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_yticks([])
    bounds = [0.0]
    for place_down, (scenario, _) in enumerate(lines):
        axes.axhline(place_down, color=RULE, linewidth=0.8, zorder=0)
        effect = effects.get(scenario)
        if effect is not None:
            bounds += draw_dot(axes, place_down, effect)
    room = 0.06 * (max(bounds) - min(bounds)) or 1.0
    axes.set_xlim(min(bounds) - room, max(bounds) + room)
    axes.axvline(0, color=INK, linewidth=1.1, zorder=1)
    axes.xaxis.set_major_locator(MaxNLocator(max(2, int(width / 60)), steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value, 0 if value == round(value) else 1)))


def head_panel(axes: Axes, effects: dict[str, Effect], title: str) -> None:
    """Write an outcome's name and its better side above a panel."""
    is_lower = any(effect.better == "lower" for effect in effects.values())
    hint = "← lower is better" if is_lower else "higher is better →"
    axes.annotate(title, (0, 1), (0, 24), "axes fraction", "offset points", weight="bold", size=13)
    axes.annotate(hint, (0, 1), (0, 7), "axes fraction", "offset points", color=MUTED, size=11.5)


def draw_dot(axes: Axes, place_down: float, effect: Effect) -> list[float]:
    """Draw one difference with its interval and its value in words; return what must lie inside the axes (%)."""
    beside = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center", "size": 11.5}
    if effect.relative is None or effect.verdict not in VERDICT_MARKS:
        axes.annotate("no figure", (1, place_down), (6, 0), color=MUTED, **beside)  # type: ignore[arg-type]
        return []
    marker, edge, fill = VERDICT_MARKS[effect.verdict]
    middle = 100 * effect.relative
    ends = [100 * end for end in (effect.relative_low, effect.relative_high) if end is not None]
    if len(ends) == 2:
        axes.plot(ends, [place_down, place_down], color=edge, linewidth=2.2, solid_capstyle="round", zorder=2)
    axes.plot([middle], [place_down], marker, ms=7, mec=edge, mfc=fill, mew=1.6, zorder=3)
    axes.annotate(signed(middle, 1), (1, place_down), (6, 0), **beside)  # type: ignore[arg-type]
    return [middle, *ends]


def name_lines(axes: Axes, lines: Sequence[tuple[str, str]], title: str, space: float) -> None:
    """Write the family's and the scenarios' names left of a panel; ``space`` is their width in widths of the panel."""
    named = [(-1.0, title, "bold", MUTED)]
    named += [(float(down), shorten(label, 27), "normal", INK) for down, (_, label) in enumerate(lines)]
    for down, words, weight, colour in named:
        axes.annotate(
            words, (-space, down), xycoords=("axes fraction", "data"), va="center",
            weight=weight, color=colour, annotation_clip=False,
        )  # fmt: skip


def draw_key(figure: Figure, study: Study) -> None:
    """Explain the marks of the verdicts that occur, along the figure's upper edge."""
    from matplotlib.lines import Line2D

    effects = [effect for family in FAMILY_TITLES for name, _ in MEASURED for effect in study.effects(family, name)]
    seen = {effect.verdict for effect in effects}
    marks = [
        Line2D([], [], marker=marker, color=edge, mfc=fill, mec=edge, mew=1.6, ms=7.5, linewidth=2.2, label=verdict)
        for verdict, (marker, edge, fill) in VERDICT_MARKS.items()
        if verdict in seen
    ]
    figure.legend(
        handles=marks, loc="upper left", ncols=5, frameon=False, borderaxespad=0, borderpad=0.2, handlelength=1.6,
        columnspacing=1.4, handletextpad=0.5, fontsize=11.5,
    )  # fmt: skip


# --- funnel -----------------------------------------------------------------------------------------------


def type_colours(scenarios: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Colour of each pictured scenario: grey for the baseline (first), then from light to dark."""
    own = [TYPE_COLOURS[index % len(TYPE_COLOURS)] for index in range(len(scenarios) - 1)]
    return dict(zip((scenario for scenario, _ in scenarios), [BASELINE_COLOUR, *own], strict=True))


def draw_funnel(study: Study, narrow: bool = False) -> Figure:
    """Draw how many leads a year reach each step, by relationship type, all bars on one scale from zero.

    Parameters
    ----------
    study : Study
        Read only here.
    narrow : bool
        Types one under the other instead of side by side.

    Returns
    -------
    matplotlib.figure.Figure
    """
    pictured = study.pictured()
    colours = type_colours(pictured)
    counted = [(key, label, study.funnel_counts(key)) for key, label in pictured]
    counted = [line for line in counted if any(count is not None for count in line[2])]
    most = max((count for *_, counts in counted for count in counts if count is not None), default=1.0)
    names, high, many = 122, 46 * len(FUNNEL_STEPS), max(1, len(counted))
    with house_style():
        figure = blank(NARROW, many * (high + 62)) if narrow else blank(WIDE, high + 62)
        width = NARROW - names - 8 if narrow else (WIDE - names) / many - 22
        for index, (scenario, label, counts) in enumerate(counted):
            left, top = (names, 52 + index * (high + 62)) if narrow else (names + index * (width + 22), 52)
            axes = place(figure, left, top, width, high)
            draw_bars(axes, counts, most, colours[scenario], shorten(label))
            if narrow or index == 0:
                name_steps(axes)
    return figure


def draw_bars(axes: Axes, counts: Sequence[float | None], most: float, colour: str, title: str) -> None:
    """Draw one type's funnel: a bar, the count and the share of the step before for each step."""
    axes.set_xlim(0, most)
    axes.set_ylim(len(counts) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=MUTED, linewidth=1)
    previous: float | None = None
    for down, count in enumerate(counts):
        share = fraction_of(count, previous)
        axes.barh(down + 0.23, count or 0.0, height=0.26, color=colour)
        words = "no figure" if count is None else f"{count:,.0f}"
        axes.annotate(words, (0, down), (5, 0), textcoords="offset points", weight="bold")
        if share is not None:
            words = f"{share:.1%}".replace("%", " %")
            axes.annotate(words, (0, down), (110, 0), textcoords="offset points", ha="right", color=MUTED)
        previous = count
    overall = fraction_of(counts[-1], counts[0])
    won = "" if overall is None else f"{overall:.1%}".replace("%", " %") + " of leads are won"
    axes.annotate(title, (0, 1), (0, 24), "axes fraction", "offset points", weight="bold", size=13.5)
    axes.annotate(won, (0, 1), (0, 8), "axes fraction", "offset points", color=MUTED, size=11.5)


def name_steps(axes: Axes) -> None:
    """Write the funnel's steps to the left of its bars."""
    for down, step in enumerate(FUNNEL_STEPS):
        words = step.replace(" from ", " from\n")
        axes.annotate(words, (0, down + 0.04), (-10, 0), textcoords="offset points", ha="right", va="center")


# --- course over time -------------------------------------------------------------------------------------


def draw_courses(study: Study, narrow: bool = False) -> Figure:
    """Draw trust (and the follow-up rate, if there) over time by relationship type, with 5 to 95 % bands.

    Parameters
    ----------
    study : Study
        Read only here.
    narrow : bool
        Panels one under the other instead of side by side.

    Returns
    -------
    matplotlib.figure.Figure
    """
    colours = type_colours(study.pictured())
    panels = [(title, study.bands(name)) for name, title in COURSES]
    panels = [panel for panel in panels if panel[1]]
    high, names, axis, many = 250, 118, 36, max(1, len(panels))
    with house_style():
        figure = blank(NARROW, many * (high + 86)) if narrow else blank(WIDE, high + 84)
        width = NARROW - axis - names if narrow else WIDE / many - axis - names
        for index, (title, bands) in enumerate(panels):
            left, top = (axis, 32 + index * (high + 86)) if narrow else (axis + index * (width + axis + names), 32)
            axes = place(figure, left, top, width, high)
            axes.annotate(title, (0, 1), (-axis + 4, 12), "axes fraction", "offset points", weight="bold", size=13.5)
            draw_bands(axes, bands, colours)
            label_ends(axes, bands, colours, high)
            mark_quarters(axes, bands, study)
    return figure


def draw_bands(axes: Axes, bands: Sequence[Band], colours: dict[str, str]) -> None:
    """Draw each course as a line in its band, on a scale that starts at zero."""
    from matplotlib.ticker import MaxNLocator

    for band in bands:
        axes.fill_between(band.days, band.low, band.high, color=colours[band.scenario], alpha=0.16, linewidth=0)
        axes.plot(band.days, band.mean, color=colours[band.scenario], linewidth=2.2, solid_joinstyle="round")
    tops = [value for band in bands for value in (*band.high, *band.mean) if not math.isnan(value)]
    axes.set_ylim(0, 1.04 * max(tops, default=1.0) or 1.0)
    axes.set_xlim(min(band.days[0] for band in bands), max(band.days[-1] for band in bands))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)


def label_ends(axes: Axes, bands: Sequence[Band], colours: dict[str, str], high: float) -> None:
    """Name each line at its end, pushed apart where names would overlap; ``high`` is the panel's height in pixels."""
    gap = 17 * (axes.get_ylim()[1] / high)
    for height, band in zip(spread([band.last_mean for band in bands], gap), bands, strict=True):
        words, at = f"{shorten(band.label, 13)} {band.last_mean:.2f}", (max(band.days), height)
        axes.plot(band.days[-1:], [band.last_mean], "o", ms=6.5, color=colours[band.scenario], clip_on=False)
        axes.annotate(words, at, (9, 0), textcoords="offset points", va="center", size=12, annotation_clip=False)


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Move heights apart until neighbours are at least a gap away from each other, order kept, none below the lowest.

    Examples
    --------
    >>> spread([0.5, 0.1, 0.12], 0.1)
    [0.5, 0.1, 0.2]
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    moved = list(heights)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    return moved


def mark_quarters(axes: Axes, bands: Sequence[Band], study: Study) -> None:
    """Label working days as quarters of fiscal years and shade the warm-up."""
    first, last = min(band.days[0] for band in bands), max(band.days[-1] for band in bands)
    start, end = first + study.warmup_days, last + study.warmup_days
    every = DAYS_PER_QUARTER * max(1, math.ceil((end - start) / DAYS_PER_QUARTER / MOST_TICKS))
    begin = math.ceil((start - 1) / DAYS_PER_QUARTER) * DAYS_PER_QUARTER
    ticks = [day for day in range(begin, int(end) + 1, DAYS_PER_QUARTER) if day % every == 0]
    names = [f"Q{quarter}\nyear {year}" for year, quarter in map(quarter_of, ticks)]
    axes.set_xticks([day - study.warmup_days for day in ticks], names)
    axes.set_xlim(first, last)
    year = f"fiscal years, Q1 is {quarter_months(1, study.fiscal_year_start)}"
    axes.set_xlabel(year, size=11.5, labelpad=5)
    if first < 0:
        axes.axvspan(first, min(0.0, last), color="#f1f3f5", linewidth=0, zorder=0)
        axes.annotate("warm-up", (0, 1), (5, -14), "axes fraction", "offset points", color=MUTED, size=11.5)


# --- svg --------------------------------------------------------------------------------------------------


def svg_text(figure: Figure, name: str, alt: str) -> str:
    """Write a figure as an SVG element that can stand in a page beside others.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Changed by nothing but the drawing.
    name : str
        Prefix of all ids in the element, different for each picture of a page.
    alt : str
        What the picture shows, for those who cannot see it.

    Returns
    -------
    str
        ``<svg …>…</svg>`` without size, date or metadata; the same text for the same figure and name.
    """
    buffer = io.StringIO()
    with house_style(salt=name):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing, facecolor="none")
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    head, body = text.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    body = re.sub(r'( id="| xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    return f'{head} role="img" aria-label="{html.escape(alt, quote=True)}">{body}'.rstrip()
