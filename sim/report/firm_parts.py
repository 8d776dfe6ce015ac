"""The parts of a calibration's report: how well it forecasts and fits, what the export tells, what it cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy.special import expit

from sim.analysis.range_figures import Line, Words, draw_ranges
from sim.calibrate.calibration import Calibration
from sim.calibrate.forecast import OURS, verdict
from sim.calibrate.privacy import at_least_five
from sim.report.prose import capital, decimal
from sim.report.study_parts import Exhibit, Part, Table, columns

ABC = (
    "Firms drawn from the prior were simulated once each; those that look like the export were kept and moved to it by"
    " regression (approximate Bayesian computation: Beaumont, Zhang and Balding 2002; Fearnhead and Prangle 2012)."
)
SCORE = (
    "Interval score: width, plus 20 times what a 90 % interval misses (Gneiting and Raftery 2007), in widths of the"
    " historic forecast; lower is better."
)


_MORE = "A self-assessment by five people or more, of both sides, tells more: smarketing assess --new form.xlsx"
#: What a self-assessment has to do with the practices, by what of it counted.
ASSESSED = {
    "": _MORE,
    "answers": "Before the export, the practices were drawn from the self-assessment that was given (--answers).",
    "conflict": "The answers given (--answers) do not count, as fewer than five people answered; what the firm knows of"
    f" its conflict does. {_MORE}",
    "nothing": "The answers given (--answers) do not count, as fewer than five people answered: the practices are as"
    f" open as without them. {_MORE}",
}
FEW = "Fewer than five reps are in the export: these numbers are about them, so show them to nobody else."


class Told(Protocol):
    """What a calibration keeps in its JSON; `Calibration` has more."""

    @property
    def held_from(self) -> pd.Timestamp:
        """From when on cohorts were held out."""

    @property
    def forecast(self) -> pd.DataFrame:
        """Forecasts and what came."""

    @property
    def fits(self) -> pd.DataFrame:
        """Summaries of the export and of the firms."""

    @property
    def out_of_reach(self) -> Sequence[str]:
        """Summaries that no firm comes near."""

    @property
    def parameters(self) -> pd.DataFrame:
        """Parameters before and after."""

    @property
    def conclusion(self) -> Any:
        """What another type would change."""


def told_parts(found: Told) -> list[Part]:
    """Parts that need only what JSON keeps."""
    return [_forecast(found), _fit(found), _told(found), _decision(found)]


def firm_parts(found: Calibration) -> list[Part]:
    """All parts, in the order of a page."""
    return [_forecast(found), _fit(found), _told(found), _practices(found), _decision(found), _open(found)]


def firm_summary(found: Calibration) -> list[str]:
    """A few sentences at the head: what was made, how well it forecast, what stays open."""
    facts = found.facts
    scores = verdict(found.forecast).set_index("forecast")
    n, n_inside = int(scores["targets"][OURS]), round(float(scores["inside"][OURS]) * float(scores["targets"][OURS]))
    plain = float(scores.drop(index=OURS)["score"].min())
    better = "better than" if float(scores["score"][OURS]) < plain else "not as well as"
    told = found.parameters[found.parameters["verdict"] == "told"]
    return [
        f"{facts.n_rows:,} rows of {facts.source_name} became a firm with {_people(found)} and"
        f" {facts.arrivals_per_working_day:.1f} new rows a working day, and {len(found.posterior)} variants of it that"
        " fit the export about as well.",
        f"Of {n} numbers about the cohorts held out, {n_inside} lie inside the 90 % intervals forecast"
        f" from the cohorts before; judged by width and misses together it forecast {better} the better of two plain"
        " ways.",
        f"The export tells {len(told)} of {len(found.parameters)} parameters; it says little or nothing about"
        f" practices, and nothing about conflict.",
        *(() if facts.n_reps is None or at_least_five(facts.n_reps) else (FEW,)),
    ]


def _people(found: Calibration) -> str:
    people: Any = found.scenario
    return f"{people.people.reps} reps, {people.people.marketers} marketers"


def _forecast(found: Told) -> Part:
    """Held-out cohorts, forecast and observed."""
    table = found.forecast
    names = tuple(table["forecast"].unique())
    lines, words = forecast_lines(table)
    groups = table.groupby("target", sort=False)
    cells = [(str(target), *_forecast_cells(rows.to_dict("records"))) for target, rows in groups]
    scores = verdict(table)
    said = [
        f"{capital(row['forecast'])}: {round(row['inside'] * row['targets'])} of"
        f" {row['targets']} inside, score {row['score']:.2f}."
        for row in scores.to_dict("records")
    ]
    exhibit = Exhibit(
        "forecast",
        f"Cohorts since {found.held_from.day} {found.held_from:%B %Y}, held out and forecast",
        (" ".join(said), _winner(table)),
        "Forecasts know how many rows came, and nothing of what became of them. A star marks an interval that missed.",
        partial(draw_ranges, lines, words, 1.0),
        Table(columns("What", "Came", *(capital(name) for name in names)), (("", tuple(cells)),)),
    )
    return Part("How well it forecasts", (), (exhibit,), method=SCORE)


def _winner(table: pd.DataFrame) -> str:
    """Where the plain forecasts do better than the simulated firms."""
    scores = table.pivot(index="target", columns="forecast", values="score")
    lost = [str(name) for name in scores.index if scores.loc[name].idxmin() != OURS]
    if not lost:
        return "The simulated firms forecast every one of these best."
    return f"A plain forecast is better for {len(lost)} of {len(scores)}: {', '.join(lost)}."


def forecast_lines(table: pd.DataFrame) -> tuple[list[Line], Words]:
    """Lines and words of the picture of forecasts, as multiples of what came."""
    lines = []
    for target, rows in table.groupby("target", sort=False):
        observed = float(rows["observed"].iloc[0])
        scale = observed if observed > 0 else 1.0
        ranges = [(row["low"] / scale, row["median"] / scale, row["high"] / scale) for row in rows.to_dict("records")]
        lines.append(Line(str(target), ranges, observed / scale))
    names = tuple(map(str, table["forecast"].unique()))
    return lines, Words("Forecast and what came", "90 % intervals, as multiples of what came", names, "what came", "")


def _forecast_cells(rows: list[dict[Any, Any]]) -> list[str]:
    """What came, and the interval of each forecast."""
    digits = 0 if rows[0]["unit"] == "wins" else 1
    cells = [decimal(rows[0]["observed"], digits)]
    for row in rows:
        ends = " to ".join(decimal(row[end], digits) for end in ("low", "high"))
        cells.append(f"{ends}{'' if row['is_inside'] else ' *'}")
    return cells


def _fit(found: Told) -> Part:
    """Summaries of the export beside those of the firms of the posterior."""
    lines, rows = [], []
    n_inside = 0
    for row in found.fits.to_dict("records"):
        half = max((row["high"] - row["low"]) / 2, 1e-9)
        at = float(np.clip((row["observed"] - row["median"]) / half, -3, 3))
        ends = tuple((row[name] - row["median"]) / half for name in ("low", "median", "high"))
        lines.append(Line(row["summary"], [(ends[0], ends[1], ends[2])], at))
        n_inside += row["low"] <= row["observed"] <= row["high"]
        shown = [_natural(row["summary"], row[name]) for name in ("observed", "median", "low", "high")]
        rows.append((row["summary"], shown[0], shown[1], f"{shown[2]} to {shown[3]}"))
    words = Words(
        "Export and simulated firms",
        "90 % of the firms' runs; a cross beyond the axis is further off",
        ("simulated firms",),
        "export",
        "half-widths of the interval",
    )
    said = [f"{n_inside} of {len(rows)} summaries of the export lie where 90 % of the simulated firms' do."]
    if found.out_of_reach:
        names = ", ".join(found.out_of_reach)
        said.append(f"No simulated firm comes near these: {names}. They were left out of the fit.")
    exhibit = Exhibit(
        "fit",
        "",
        tuple(said),
        "Each firm of the posterior was run once more, on luck of its own.",
        partial(draw_ranges, lines, words, 0.0),
        Table(columns("Summary", "Export", "Firms, median", "90 % of firms"), (("", tuple(rows)),)),
    )
    return Part("How well it fits", (), (exhibit,))


def _natural(summary: str, value: float) -> str:
    """A summary in units that people use."""
    if "late - early" in summary or "between" in summary:
        return decimal(float(np.exp(value)) if "reps" in summary else value, 2, "late" in summary)
    if "rate" in summary:
        return f"{decimal(100 * float(expit(value)), 1)} %"
    return decimal(float(np.exp(value)), 1 if value < 7 else 0) + (" d" if "time" in summary else "")


def _told(found: Told) -> Part:
    """Parameters before and after."""
    lines, rows = [], []
    for row in found.parameters.to_dict("records"):
        span = max((row["prior_high"] - row["prior_low"]) / 2, 1e-9)
        centre = row["prior_median"]
        after, before = (
            tuple((row[f"{prefix}{name}"] - centre) / span for name in ("low", "median", "high"))
            for prefix in ("", "prior_")
        )
        lines.append(Line(row["parameter"], [(after[0], after[1], after[2]), (before[0], before[1], before[2])]))
        shown = [decimal(row[name], 2) for name in ("median", "low", "high", "prior_low", "prior_high")]
        part = f"{100 * row['told']:.0f} %"
        spans = f"{shown[3]} to {shown[4]}", f"{shown[1]} to {shown[2]}"
        rows.append((row["parameter"], spans[0], spans[1], shown[0], part, row["verdict"], row["meaning"]))
    told, not_told = (
        [row["parameter"] for row in found.parameters.to_dict("records") if row["verdict"] == word]
        for word in ("told", "not told")
    )
    said = [f"Told by the export: {', '.join(told) or 'nothing'}."]
    if not_told:
        said.append(f"Hardly narrowed by it: {', '.join(not_told)}.")
    words = Words("Before and after", "90 % of the draws", ("after", "before"), "", "half-widths of the belief before")
    exhibit = Exhibit(
        "parameters",
        "",
        tuple(said),
        "Where after is as wide as before, the export narrows nothing.",
        partial(draw_ranges, lines, words, 0.0),
        Table(
            columns(
                "Parameter",
                "Before, 90 %",
                "After, 90 %",
                "After, median",
                "Told",
                "Verdict",
                "What it is",
                words=["Verdict", "What it is"],
            ),
            (("", tuple(rows)),),
        ),
    )
    return Part("What the export tells", (), (exhibit,), method=ABC)


def _practices(found: Calibration) -> Part:
    """Relationship types that fit."""
    rows = tuple(
        (str(name), f"{100 * before:.0f} %", f"{100 * after:.0f} %")
        for name, before, after in zip(found.types.index, found.types_before, found.types, strict=True)
    )
    most = found.types.idxmax()
    change = float((found.types - found.types_before).abs().max())
    said = (
        f"The export moves this little: it fits firms of every type about as well as before ({most} most often)."
        if change < 0.15
        else f"{capital(str(most))} fits best ({100 * found.types.max():.0f} % of the draws); the others are not"
        " ruled out."
    )
    exhibit = Exhibit(
        "types",
        "",
        (said, ASSESSED[found.assessed]),
        "Share of the variants whose practices are nearest to each type.",
        None,
        Table(columns("Relationship type", "Before", "After"), (("", rows),)),
    )
    return Part("How the two sides work together", (), (exhibit,))


def _decision(found: Told) -> Part:
    """What another relationship type would change, and which unknowns the doubt hangs on."""
    effects, unknowns = found.conclusion.effects, found.conclusion.unknowns
    rows = tuple(
        (
            row["type"],
            f"{decimal(100 * row['median'], 0, True)} %",
            _range(row),
            f"{100 * row['better']:.0f} %",
        )
        for row in effects.to_dict("records")
    )
    best = effects.set_index("type").loc[found.conclusion.best]
    said = (
        f"{found.conclusion.best.capitalize()} changes new bookings by {decimal(100 * best['median'], 0, True)} %"
        f" ({_range(best)} over the variants) and is better in"
        f" {100 * best['better']:.0f} % of them.",
    )
    effect = Exhibit(
        "effects",
        "Another relationship type instead of things as they are",
        said,
        "New bookings of the variants over the scenario's run, each pair on the same luck; ranges hold luck too.",
        None,
        Table(columns("Type", "Change", "90 % of variants", "Better"), (("", rows),)),
    )
    shares = tuple((row["unknown"], f"{100 * row['share']:.0f} %") for row in unknowns.to_dict("records"))
    first = unknowns.iloc[0] if len(unknowns) else None
    doubt = "No single unknown stands out; the rest is luck and all of them together."
    if first is not None:
        share = f"{100 * first['share']:.0f} %"
        doubt = f"What would narrow it most: {first['unknown']}, which alone explains {share} of it."
    unknown = Exhibit(
        "unknowns",
        "What the doubt hangs on",
        (doubt,),
        "Squared rank correlation with the change under the best type, over the variants.",
        None,
        Table(columns("Unknown", "Share of the doubt"), (("", shares),)),
    )
    return Part("What it means for a decision", (), (effect, unknown))


def _range(row: Any) -> str:
    """Ends of an effect in percent."""
    return f"{decimal(100 * row['low'], 0, True)} to {decimal(100 * row['high'], 0, True)} %"


def _open(found: Calibration) -> Part:
    """What nobody can know from an export."""
    said = (
        "Conflict is in no CRM. Disputes, trust and time lost to them follow from the model and from the practices"
        " assumed; what you know of them can be entered in the self-assessment form.",
        *found.fit.notes,
    )
    return Part("What it cannot tell, and what was assumed", (), (Exhibit("open", "", said),))
