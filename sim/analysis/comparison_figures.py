"""Pictures of comparisons: effects of points, selection of the best, interactions, and how a study narrowed down."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.figures import INK, MUTED, NARROW, RULE, VERDICT_MARKS, WIDE, blank, house_style, place, signed
from sim.analysis.forest import LETTER, Bar, Group, draw_forest, draw_marks, height_of, key_height
from sim.analysis.point_values import Names, listed
from sim.analysis.points import BASELINE
from sim.analysis.selection import Selection
from sim.domain.outcomes import BY_NAME, Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOP, AXIS, VALUES, GAP, EDGE = 44, 40, 74, 14, 4
#: Panels side by side before they go under each other.
MOST_BESIDE = 4
PANEL_HEIGHT = 230


@dataclass(frozen=True)
class Layout:
    """Widths of a page in pixels: of all, and of the names; and how many marks its key has side by side."""

    wide: float
    names: float
    columns: int

    def fitted(self, groups: Sequence[Group]) -> Layout:
        """The same with as much room for names as the longest needs, but at most what there is."""
        longest = max((len(bar.label) for _, bars in groups for bar in bars), default=0)
        longest = max([longest, *(int(HEAVY * len(head)) for head, _ in groups)])
        return replace(self, names=min(self.names, max(LEAST_NAMES, LETTER * (longest + 2))))


#: Pixels that names have at least, and how much wider a letter of a head is than one of a name.
LEAST_NAMES, HEAVY = 110, 1.15
#: Size of the head of a panel, and the width of one of its letters as a share of the size.
HEAD_SIZE, HEAD_LETTER = 13.0, 0.6
PAGE, SINGLE, SMALL = Layout(WIDE, 290, 6), Layout(0.78 * WIDE, 360, 4), Layout(NARROW, 178, 2)


def number(value: float) -> str:
    """A number as short as its size allows, with a true minus.

    Examples
    --------
    >>> number(-1234567.0), number(0.01234), number(12.5), number(0.0)
    ('−1.23 million', '0.0123', '12.5', '0')
    """
    size = abs(value)
    text = f"{value / 1e6:.3g} million" if size >= 1e6 else f"{value:,.0f}" if size >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def plus(value: float) -> str:
    """A difference in words: with its sign.

    Examples
    --------
    >>> plus(12.5), plus(-3.0), plus(0.0)
    ('+12.5', '−3', '0')
    """
    return ("+" if value > 0 else "") + number(value)


def percent(value: float) -> str:
    """A percentage on a scale, whole where it is whole.

    Examples
    --------
    >>> percent(-20.0), percent(0.5)
    ('−20 %', '+0.5 %')
    """
    return signed(value, 0 if math.isclose(value, round(value), abs_tol=1e-9) else 1)


def draw_comparison(table: pd.DataFrame, by: Names = (), narrow: bool = False) -> Figure:
    """Draw every point's difference from its baseline with its interval: a panel per outcome, a block per group.

    Parameters
    ----------
    table : pandas.DataFrame
        From `sim.analysis.points.compare_points`; the baselines themselves are named, not drawn.
    by : str or sequence of str
        The factors whose levels have baselines of their own, as the table was made with.
    narrow : bool
        For a small page: panels under each other.

    Returns
    -------
    matplotlib.figure.Figure
        In percent of the baseline's mean; in the unit of the outcome where a baseline's mean is not above 0.
    """
    panels = [(BY_NAME[name], *_effects(rows, by)) for name, rows in _by_outcome(table)]
    everything = [group for _, groups, _ in panels for group in groups]
    layout, beside = (SMALL, 1) if narrow else (PAGE, min(MOST_BESIDE, max(1, len(panels))))
    layout = layout.fitted(everything)
    key = key_height(everything, layout.columns)
    high = max((height_of(groups) for _, groups, _ in panels), default=0.0) + TOP + AXIS
    width = (layout.wide - EDGE - layout.names) / beside - VALUES - GAP
    with house_style():
        figure = blank(layout.wide, key + high * math.ceil(len(panels) / beside))
        for index, (about, groups, write) in enumerate(panels):
            down, across = divmod(index, beside)
            left = EDGE + layout.names + across * (width + VALUES + GAP)
            shown = groups if across == 0 else _unnamed(groups)
            axes = draw_forest(figure, shown, (left, key + TOP + down * high, width, layout.names), write)
            is_relative = write is percent
            shift, hint = layout.names if narrow else 0.0, _hint("" if is_relative else about.unit, about)
            _head(axes, about.label, hint, shift, shift + width + VALUES)
        draw_marks(figure, everything, _interval_words(table), layout.columns)
    return figure


def _by_outcome(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(name), rows) for name, rows in table.groupby("outcome", sort=False)]


def _interval_words(table: pd.DataFrame) -> str:
    """How intervals were made; the baseline, which is compared with nothing, has none."""
    compared = table[table["verdict"] != BASELINE]
    ways = compared[["ci_level", "ci_method"]].drop_duplicates().itertuples(index=False, name=None)
    return ", ".join(f"{100 * level:g} % interval, {method}" for level, method in ways)


def _unnamed(groups: Sequence[Group]) -> list[Group]:
    """The same lines without names, for panels right of the first."""
    return [
        (" " if head else "", [Bar("", bar.middle, bar.low, bar.high, bar.mark, bar.words) for bar in bars])
        for head, bars in groups
    ]


def _head(axes: Any, title: str, hint: str, shift: float, room: float = math.inf) -> None:
    """Write above a panel what it shows, as many pixels left of it as asked for, and so small that it has room."""
    size = min(HEAD_SIZE, room / (HEAD_LETTER * len(title)))
    axes.annotate(title, (0, 1), (-shift, 24), "axes fraction", "offset points", weight="bold", size=size)
    axes.annotate(hint, (0, 1), (-shift, 7), "axes fraction", "offset points", color=MUTED, size=11.5)


def _hint(words: str, about: Outcome) -> str:
    """Words and the better side."""
    side = {"lower": "← lower is better", "higher": "higher is better →"}.get(about.better, "")
    return ", ".join(part for part in (words, side) if part not in {"", "-"})


def _in_unit(words: str, about: Outcome) -> str:
    return words if about.unit == "-" else f"{words}, {about.unit}"


def _split(rows: pd.DataFrame, by: Names) -> list[tuple[str, pd.DataFrame]]:
    """Rows by the levels of some factors, with the levels in words."""
    if not listed(by):
        return [("", rows)]
    groups = rows.groupby(listed(by), sort=False, dropna=False)
    return [(", ".join(map(str, levels)), members) for levels, members in groups]


def _effects(rows: pd.DataFrame, by: Names) -> tuple[list[Group], Callable[[float], str]]:
    """Lines of one outcome in groups, and how its scale is written."""
    is_compared = rows["verdict"] != BASELINE
    is_relative = bool((rows.loc[is_compared, "baseline_mean"].dropna() > 0.0).all())
    groups: list[Group] = []
    for levels, members in _split(rows, by):
        own = members.loc[members["verdict"] == BASELINE, "label"]
        head = levels or (f"against {own.iloc[0]}" if len(own) else "")
        lines: list[dict[Any, Any]] = members[members["verdict"] != BASELINE].to_dict("records")
        groups.append((head, [_effect(line, head, is_relative) for line in lines]))
    return groups, percent if is_relative else number


def _effect(line: dict[Any, Any], head: str, is_relative: bool) -> Bar:
    scale = 100.0 / line["baseline_mean"] if is_relative else 1.0
    middle, low, high = (float(line[name]) * scale for name in ("difference", "ci_low", "ci_high"))
    words = "" if math.isnan(middle) else signed(middle, 1) if is_relative else plus(middle)
    return Bar(str(line["label"]).removeprefix(f"{head}, "), middle, low, high, str(line["verdict"]), words)


def draw_interactions(table: pd.DataFrame, by: Names = (), narrow: bool = False) -> Figure:
    """Draw what each pair of interventions does beyond the sum of the two, with its interval: a panel per outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        From `sim.analysis.interaction.compare_interactions`.
    by : str or sequence of str
        The factors whose levels are kept apart, as the table was made with.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        In the unit of the outcome; departures that do not matter are shaded.
    """
    panels = [(BY_NAME[name], _pairs(rows, by)) for name, rows in _by_outcome(table)]
    everything = [group for _, groups in panels for group in groups]
    layout = (SMALL if narrow else SINGLE).fitted(everything)
    key = top = key_height(everything, layout.columns)
    width = layout.wide - EDGE - layout.names - VALUES
    with house_style():
        figure = blank(layout.wide, key + sum(height_of(groups) + TOP + AXIS for _, groups in panels))
        for about, groups in panels:
            axes = draw_forest(figure, groups, (EDGE + layout.names, top + TOP, width, layout.names), number)
            words = "both less the sum of the two"
            _head(axes, about.label, _hint(_in_unit(words, about), about), layout.names)
            top += height_of(groups) + TOP + AXIS
        shaded = "; shaded: does not matter" if table["margin"].notna().any() else ""
        draw_marks(figure, everything, _interval_words(table) + shaded, layout.columns)
    return figure


def _pairs(rows: pd.DataFrame, by: Names) -> list[Group]:
    return [(head, [_pair(line) for line in members.to_dict("records")]) for head, members in _split(rows, by)]


def _pair(line: dict[Any, Any]) -> Bar:
    middle, low, high = (float(line[name]) for name in ("interaction", "ci_low", "ci_high"))
    words = "" if math.isnan(middle) else plus(middle)
    label, margin = f"{line['first']} + {line['second']}", float(line["margin"])
    return Bar(label, middle, low, high, str(line["verdict"]), words, margin)


def draw_selection(found: Selection, outcome: str, narrow: bool = False) -> Figure:
    """Draw how each point stands against the best of the others, with the intervals that hold all together.

    Parameters
    ----------
    found : Selection
        From `sim.analysis.selection.select_best` or `select_points`.
    outcome : str
        What it was selected by.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        In the unit of the outcome, with each point's probability of being the best beside it.
    """
    about = BY_NAME[outcome]
    groups: list[Group] = [("", [_contender(found, index, about.better) for index in range(len(found.labels))])]
    layout = (SMALL if narrow else SINGLE).fitted(groups)
    key, width = key_height(groups, layout.columns), layout.wide - EDGE - layout.names - VALUES
    with house_style():
        figure = blank(layout.wide, key + TOP + AXIS + height_of(groups))
        axes = draw_forest(figure, groups, (EDGE + layout.names, key + TOP, width, layout.names), number)
        words = "mean less the best of the others"
        _head(axes, about.label, _hint(_in_unit(words, about), about), layout.names)
        axes.annotate("P(best)", (1, 1), (6, 24), "axes fraction", "offset points", color=MUTED, size=11.5)
        draw_marks(figure, groups, f"{100 * found.level:g} % intervals, all together", layout.columns)
    return figure


def _contender(found: Selection, index: int, better: str) -> Bar:
    others = [float(mean) for at, mean in enumerate(found.means) if at != index]
    middle = float(found.means[index]) - (max(others) if better == "higher" else min(others))
    mark = "may be best" if found.may_be_best[index] else "not the best"
    if index == found.best:
        mark = "selected" if found.is_guaranteed else "leads so far"
    share = float(found.probability_best[index])
    words = "" if math.isnan(share) else f"{100 * share:.0f} %"
    return Bar(found.labels[index], middle, float(found.low[index]), float(found.high[index]), mark, words)


def draw_convergence(
    courses: Mapping[str, pd.DataFrame], outcome: str, target: float | None = None, narrow: bool = False
) -> Figure:
    """Draw how the mean difference and its band narrowed down with the number of replications.

    Parameters
    ----------
    courses : mapping of str to pandas.DataFrame
        By label, from `sim.analysis.sequential.convergence`; each with at least one complete block.
    outcome : str
        What it is a difference of.
    target : float, optional
        Half-width at which the study stops, in the unit of the outcome; drawn around the last mean.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        A panel per label under each other, with a common number of replications.
    """
    about, wide, left, lines = BY_NAME[outcome], (SMALL if narrow else SINGLE).wide, 84, list(courses.items())
    key = 66 if narrow else 24
    most = max(float(course["replications"].max()) for _, course in lines)
    with house_style():
        figure = blank(wide, key + 22 + len(lines) * (PANEL_HEIGHT + 70))
        for index, (label, course) in enumerate(lines):
            axes = place(figure, left, key + 46 + index * (PANEL_HEIGHT + 70), wide - left - 24, PANEL_HEIGHT)
            _draw_course(axes, course, target)
            title = f"{label}: {_in_unit('difference in ' + about.label.lower(), about)}"
            axes.annotate(title, (0, 1), (-left + 8, 10), "axes fraction", "offset points", weight="bold", size=13)
            axes.set_xlim(0, 1.02 * most)
        axes.set_xlabel("replications, looked at after each block of 50", size=11.5, labelpad=5)
        _explain_course(figure, target, 1 if narrow else 3)
    return figure


def _draw_course(axes: Any, course: pd.DataFrame, target: float | None) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    colour = VERDICT_MARKS["better"][1]
    seen, mean = course["replications"], course["mean"]
    axes.fill_between(seen, course["low"], course["high"], color=colour, alpha=0.16, linewidth=0)
    axes.plot(seen, mean, "o-", color=colour, linewidth=2.2, ms=4)
    axes.axhline(0, color=INK, linewidth=1.1)
    for end in () if target is None else (-target, target):
        axes.axhline(float(mean.iloc[-1]) + end, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)


def _explain_course(figure: Figure, target: float | None, beside: int) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    colour = VERDICT_MARKS["better"][1]
    handles: list[Any] = [
        Line2D([], [], marker="o", color=colour, linewidth=2.2, ms=4, label="mean"),
        Patch(color=colour, alpha=0.16, linewidth=0, label="95 % band, valid at all looks together"),
    ]
    if target is not None:
        handles.append(Line2D([], [], color=MUTED, linestyle=(0, (4, 3)), label="precision asked for"))
    figure.legend(handles=handles, loc="upper left", ncols=beside, frameon=False, borderaxespad=0, fontsize=11.5)
