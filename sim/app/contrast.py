"""Two to four organizations on the same luck: their differences as they run, replicated, and lead by lead."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sim.app import words
from sim.app.frames import FIGURES, figure_text, label_of
from sim.app.jobs import Job
from sim.app.links import LETTERS, View
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME
from sim.ensemble.comparison import Comparison, comparison_from
from sim.ensemble.design import Point, organization_point
from sim.ensemble.runner import check_study, run_points
from sim.report.prose import decimal
from sim.report.study_words import shift
from sim.spec.catalogue import relationships_of
from sim.spec.edit import entries_from, read_setting, split_organization
from sim.spec.labels import entry_label
from sim.spec.posterior import posterior_of

FEWEST, MOST = 2, 4
#: Replications that the page offers.
REPLICATIONS = (20, 50, 100, 200)
#: What is compared where an address names nothing.
USUAL = View(organizations=("undefined", "aligned"))


def compared(view: View) -> View:
    """The view with at least two organizations: a single one is compared with the scenario as it is."""
    return view if len(view.organizations) >= FEWEST else view.changed(organizations=("", *view.organizations))


def with_another(view: View) -> View:
    """The view with one organization more, a copy of the last.

    Raises
    ------
    InputError
        If there are four.
    """
    if len(view.organizations) >= MOST:
        raise InputError(
            "org", f"must be at most {MOST} organizations", len(view.organizations) + 1, "Take one away first."
        )
    return view.changed(organizations=(*view.organizations, view.organizations[-1]))


def without(view: View, index: int) -> View:
    """The view with one organization less.

    Raises
    ------
    InputError
        If only two are left, or there is none of that number.
    """
    if len(view.organizations) <= FEWEST or not 0 <= index < len(view.organizations):
        raise InputError(
            "org", f"must leave at least {FEWEST} organizations", len(view.organizations) - 1, "Add another one first."
        )
    return view.changed(organizations=tuple(text for place, text in enumerate(view.organizations) if place != index))


def label_of_organization(view: View, index: int) -> str:
    """What an organization is called: its letter, type and interventions.

    Examples
    --------
    >>> label_of_organization(View(organizations=("", "aligned+liaison=1@65")), 1)
    'B · Aligned + Liaison (1 person) from day 65'
    """
    base = view.base()
    kind, uses = split_organization(base, view.organizations[index])
    entries = entries_from(base, uses) if uses else ()
    parts = [relationships_of(base)[kind or base.relationship].label, *(entry_label(base, each) for each in entries)]
    return f"{LETTERS[index]} · {' + '.join(parts)}"


def labels_of(view: View) -> list[str]:
    """What all organizations of a view are called."""
    return [label_of_organization(view, index) for index in range(len(view.organizations))]


# --- As they run ------------------------------------------------------------------------------------------------------


def differences_of(stills: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of all organizations, and of each but the first the difference from the first, in words.

    Parameters
    ----------
    stills : list of dict
        Of each organization, see `sim.app.frames.still_of`.

    Returns
    -------
    dict
        ``day`` and ``rows``: label, meaning, level by organization, difference by organization but the first, each
        with its sign: −1, 0 (exactly none) or 1; None where there is no figure.
    """
    rows = []
    for name in FIGURES:
        values = [still["figures"][name] for still in stills]
        levels = [figure_text(name, value) for value in values]
        gaps = [difference(name, value, values[0]) for value in values[1:]]
        rows.append([label_of(name), BY_NAME[name].meaning, levels, gaps])
    return {"day": stills[0]["day"], "rows": rows}


def difference(name: str, value: float | None, base: float | None) -> list[Any]:
    """A difference in words with its unit, and its sign.

    Examples
    --------
    >>> difference("wins", 580.0, 563.0), difference("win_rate", 0.2, 0.2), difference("trust", None, 0.3)
    (['+17 a year', 1], ['0', 0], ['–', None])
    """
    if value is None or base is None:
        return ["–", None]
    gap = value - base
    sign = (gap > 0.0) - (gap < 0.0)
    if sign == 0:
        return ["0", 0]
    if BY_NAME[name].unit == "1/year":
        return [decimal(gap, 0, True) + " a year", sign]
    return [shift(gap, None, None, name, base), sign]


def courses_of(stills: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Course of every organization (see `sim.app.frames.course_of`)."""
    return [still["course"] for still in stills]


# --- Replicated -------------------------------------------------------------------------------------------------------


def points_of(view: View) -> list[Point]:
    """Points of a study, one for each organization, the first being the baseline.

    Notes
    -----
    They are those of `smarketing compare --organizations`, and so are the digest of the study and every run of it; but
    they go by letters, since a page may compare an organization with itself.
    """
    base = view.base()
    posterior = posterior_of(base)
    points = [organization_point(base, text) for text in view.organizations]
    return [
        replace(point, id=LETTERS[index], label=label_of_organization(view, index), posterior=posterior)
        for index, point in enumerate(points)
    ]


def replicated(view: View, replications: int, job: Job) -> Comparison:
    """Compare the organizations of a view over many replications on common luck.

    Raises
    ------
    InputError
        If there are too many replications.
    KeyboardInterrupt
        If it was cancelled before anything was done.
    """
    check_study(replications, view.seed)
    points = points_of(view)
    job.expect(len(points) * replications)
    results = run_points(points, replications, view.seed, progress=job)
    if results.n_complete == 0:
        raise KeyboardInterrupt
    return comparison_from(view.base(), results, {"seconds": job.seconds})


@dataclass(frozen=True)
class Doors:
    """The command and the Python line that do the same as the page; empty where one line cannot say it."""

    command: str = ""
    python: str = ""


def doors_of(view: View, replications: int) -> Doors:
    """How else to replicate; nothing where an organization is there twice, which only a page compares.

    Examples
    --------
    >>> doors_of(View(organizations=("aligned", "undefined+liaison")), 20).command
    'smarketing compare mid --organizations aligned,undefined+liaison --replications 20 --seed 1'
    >>> doors_of(View(organizations=("aligned", "aligned")), 20)
    Doors(command='', python='')
    """
    from sim.report.terminal import python_line, python_scenario

    base = view.base()
    if len({organization_point(base, text).id for text in view.organizations}) < len(view.organizations):
        return Doors()
    sets = [word for text in view.sets for word in ("--set", text)]
    parts = ["smarketing", "compare", view.scenario, *sets, "--organizations", ",".join(view.organizations)]
    source = python_scenario(view.scenario, [read_setting(text) for text in view.sets])
    line = python_line(source, {"organizations": view.organizations}, replications, view.seed)
    command = shlex.join([*parts, "--replications", str(replications), "--seed", str(view.seed)])
    return Doors(command, line.removeprefix("In Python: "))


# --- What came of it --------------------------------------------------------------------------------------------------


def findings_of(comparison: Comparison) -> dict[str, Any]:
    """What a comparison found, for a table and a picture.

    Returns
    -------
    dict
        ``replications``, ``planned``, ``digest``, ``ticks`` (of the axis, with their texts), and
        ``groups``: for each of FIGURES label, meaning, level of the baseline, and for each other organization letter,
        level, difference with its interval, verdict, and middle and ends in percent of the baseline, of shares in
        points (or None).
    """
    rows = {(row["scenario"], row["outcome"]): row for row in comparison.rows}
    letters = list(dict.fromkeys(row["scenario"] for row in comparison.rows))
    groups, bars_of = [], [[_bar(rows[letter, name]) for letter in letters[1:]] for name in FIGURES]
    for name, bars in zip(FIGURES, bars_of, strict=True):
        level = figure_text(name, rows[letters[0], name]["mean"])
        groups.append({"label": label_of(name), "meaning": BY_NAME[name].meaning, "level": level, "bars": bars})
    ends = [abs(end) for bar in chain.from_iterable(bars_of) for end in bar["ends"] or ()]
    about = comparison.provenance
    return {
        "replications": about["replications"],
        "planned": about["planned_replications"],
        "digest": about["digest"],
        "ticks": ticks(max(ends, default=0.0)),
        "groups": groups,
    }


def _bar(row: dict[str, Any]) -> dict[str, Any]:
    name, base = row["outcome"], row["baseline_mean"]
    numbers = (row["difference"], row["ci_low"], row["ci_high"])
    ends = None
    if row["verdict"] == "equal":
        ends = [0.0, 0.0, 0.0]
    elif None not in numbers and (BY_NAME[name].unit == "share" or base):
        whole = 1.0 if BY_NAME[name].unit == "share" else abs(base)
        ends = [100.0 * number / whole for number in numbers]
    return {
        "letter": row["scenario"],
        "level": figure_text(name, row["mean"]),
        "difference": _shift_text(name, row),
        "verdict": row["verdict"] or words.COMPARE["no_verdict"],
        "ends": ends,
    }


def _shift_text(name: str, row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "–"
    if row["verdict"] == "equal":
        return words.COMPARE["equal"].format(n=row["replications"])
    if BY_NAME[name].unit == "1/year":
        low, high = row["ci_low"], row["ci_high"]
        ends = "" if low is None or high is None else f" ({decimal(low, 0, True)} to {decimal(high, 0, True)})"
        return decimal(row["difference"], 0, True) + " a year" + ends
    return shift(row["difference"], row["ci_low"], row["ci_high"], name, row["baseline_mean"])


def ticks(most: float) -> list[list[Any]]:
    """Marks of an axis that reaches as far on both sides of 0, with their texts.

    Examples
    --------
    >>> ticks(23.0)
    [[-40, '−40'], [-20, '−20'], [0, '0'], [20, '+20'], [40, '+40']]
    """
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if 2 * step >= most), 1000)
    return [[place * step, decimal(place * step, 0, True)] for place in range(-2, 3)]
