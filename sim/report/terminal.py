"""What a terminal shows: tables, the story of a lead."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.analysis.rare import without_interval
from sim.domain.errors import InputError
from sim.domain.extensions import added_agents, added_outcomes, extensions
from sim.domain.outcomes import BY_NAME
from sim.domain.rules import LEVERS
from sim.domain.shown import in_calendar_days, in_currency, quarter_name
from sim.domain.vocabulary import JUDGEMENTS, QUESTIONS
from sim.ensemble.comparison import HEADLINE, Comparison, SingleRun
from sim.report.sections import SECTIONS
from sim.report.uncertainty import percent_of
from sim.spec.catalogue import (
    interventions,
    load_scenario,
    markets,
    organizations,
    relationships,
    scenario_names,
    shocks,
)
from sim.spec.entries import Entry
from sim.spec.origins import Value
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml

#: Outcomes of the short table, in its order.
SHOWN = (
    *(*HEADLINE, "profit", "followup_rate", "acceptance_rate", "win_rate", "trust", "coordination_hours"),
    *(outcome.name for outcome in added_outcomes()),
)
#: Columns of the short table with their least widths; those that remain in a window too narrow for all.
COLUMNS = {"": 30, "mean": 9, "difference": 11, "95 % interval": 23, "relative": 9, "better": 6, "verdict": 19}
#: With a posterior: the part of the uncertainty that is due to parameters.
DATA = {"data": 5}
NARROW = ("", "mean", "95 % interval", "verdict")
NARROW_LABEL = 20
WHOLE_NAMES = 100  # columns of a window in which the names of a listing are not broken
WIDE = sum(COLUMNS.values()) + 2 * len(COLUMNS)
#: Outcomes of the overview of many scenarios, the most telling first, and their headings.
OVERVIEW = {
    "bookings_new": "new bookings", "profit": "profit", "cycle_days": "median cycle", "conflict_per_100": "conflicts",
    "followup_rate": "follow-up", "win_rate": "win rate", "retention": "retention",
}  # fmt: skip
MANY_SCENARIOS, OVERVIEW_LABEL, OVERVIEW_CELL = 8, 26, 12
OVERVIEW_MARKS = {"better": "", "worse": "! ", "not distinguishable": "? ", "equal": "= ", "different": ""}
TYPES = ("undefined", "defined", "aligned", "integrated")
WIDTH = 132
PRESET_HINT = """
Presets: --set presets.market=complex, or in a file [presets] with organization = "growing" and market = "complex".
Everything about one of these: smarketing scenario show NAME
"""
VALUE_COLUMNS = ("path", "value", "unit", "low", "high", "origin", "source", "meaning")


def written(*parts: Any) -> str:
    """Tables and text as they stand in a terminal (plain where the output is no terminal)."""
    is_terminal = sys.stdout.isatty()
    buffer = io.StringIO()
    console = Console(
        file=buffer, width=width(), force_terminal=is_terminal, highlight=False, markup=False, emoji=False
    )
    for part in parts:
        console.print(part)
    return buffer.getvalue()


def width() -> int:
    """Columns that tables may take."""
    return max(Console().width, 80) if sys.stdout.isatty() else WIDTH


def plain(text: str) -> str:
    """Text without the codes that make it bold or coloured on a terminal, for a file."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def figure(value: float | None, unit: str, sign: bool = False) -> str:
    """A number as people read it: millions, percent, calendar days; a dash for what does not exist."""
    if value is None:
        return "–"
    value, unit = in_calendar_days(value, unit)
    plus = "+" if sign and value > 0 else ""
    if unit == "share":
        return f"{plus}{100 * value:.1f} %" if not sign else f"{plus}{100 * value:.1f} pts"
    if unit.startswith("c.u."):
        for size, letter in ((1e6, "M"), (1e3, "k")):
            if abs(value) >= size:
                return f"{plus}{value / size:.2f} {letter}"
    return f"{plus}{value:,.2f}" if abs(value) < 1000 else f"{plus}{value:,.0f}"


def comparison_table(comparison: Comparison) -> str:
    """The short table of a comparison: mean, paired difference with interval, share better, verdict."""
    n, baseline = comparison.provenance["replications"], comparison.baseline
    heading = f"{comparison.provenance['scenario_name']}: {n} replications on common luck, baseline {baseline}"
    tables = [_outcome_table(comparison, name) for name in SHOWN]
    better = "better = share of replications in which the scenario is better than the baseline"
    note = f"Intervals: 95 %, paired. Verdicts: adjusted for the number of scenarios (Holm). {better}."
    note = _drawn_note(comparison) + DRAWN_COLUMNS if "posterior" in comparison.provenance else note
    hint = "" if width() >= WIDE else " A wider window (121 columns) also shows difference, relative and better."
    return in_currency(written(heading, *tables, note + hint), comparison.provenance["scenario"]["currency"])


def _drawn_note(comparison: Comparison) -> str:
    """Which draws a comparison is over, and what its intervals are of; it has a posterior."""
    about = comparison.provenance["posterior"]
    failed = comparison.provenance["failed_runs"]
    left_out = f" {failed} runs failed and are left out." if failed else ""
    return (
        f"Over {len(about['used'])} of {about['draws']:,} draws of {about['file']}, two replications each.{left_out}"
        " Intervals: 95 %, of the effect in this firm (luck and parameters)."
    )


#: What the columns of the short table are, with a posterior.
DRAWN_COLUMNS = (
    " Verdicts: adjusted for the number of scenarios (Holm). better = probability that the effect in this firm is for"
    " the better; data = part of the uncertainty that only more data would narrow, the rest is luck that more"
    " replications would remove."
)


def _columns(comparison: Comparison) -> dict[str, int]:
    """Columns of the short table with their least widths."""
    if "posterior" not in comparison.provenance:
        return COLUMNS
    return (
        {name: width for name, width in COLUMNS.items() if name != "verdict"} | DATA | {"verdict": COLUMNS["verdict"]}
    )


def is_long(comparison: Comparison) -> bool:
    """Whether a table per outcome would be too long to read."""
    return len(comparison.results.points) > MANY_SCENARIOS


def overview_table(comparison: Comparison) -> str:
    """Many scenarios at a glance: a line for each, its difference from the baseline in percent or points.

    Types keep their order; interventions go from the most new bookings to the fewest.
    """
    rows = {(row["scenario"], row["outcome"]): row for row in comparison.rows}
    fitting = max(1, (width() - OVERVIEW_LABEL - 2) // (OVERVIEW_CELL + 2))
    shown = list(OVERVIEW)[:fitting]
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", min_width=OVERVIEW_LABEL)
    for name in shown:
        table.add_column(OVERVIEW[name], justify="right", min_width=OVERVIEW_CELL)
    baseline = [rows[comparison.baseline, name] for name in shown]
    units = [in_calendar_days(0, row["unit"])[1] if row["unit"] not in ("-", "share") else "" for row in baseline]
    levels = [figure(row["mean"], row["unit"]) for row in baseline]
    table.add_row("", *units)
    table.add_row(baseline[0]["label"], *levels)
    for point in _overview_order(comparison, rows):
        table.add_row(rows[point, shown[0]]["label"], *(_overview_cell(rows[point, name]) for name in shown))
    n = comparison.provenance["replications"]
    first = f"{comparison.provenance['scenario_name']}: {n} replications on common luck, baseline {comparison.baseline}"
    notes = (
        "First line: means. Below: paired differences in percent (shares in points; an amount where the first line is"
        " no gain to take percent of) ± half of the 95 % interval.",
        "! worse, ? not distinguishable, = equal, no mark: better. Verdicts are adjusted for the number of scenarios.",
        *([_drawn_note(comparison)] if "posterior" in comparison.provenance else []),
    )
    return in_currency(written(first, table, *notes), comparison.provenance["scenario"]["currency"])


def _overview_order(comparison: Comparison, rows: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """Scenarios but the baseline: types as given, then interventions, the most new bookings first."""
    points = comparison.results.points[1:]
    types = [point.id for point in points if point.family == "relationships"]
    single = [point.id for point in points if point.family != "relationships"]
    return types + sorted(single, key=lambda name: -(rows[name, "bookings_new"]["difference"] or 0.0))


def _overview_cell(row: dict[str, Any]) -> str:
    """A difference in percent, or in points for a share, with half of its interval and the mark of its verdict.

    Where the baseline has no gain to take percent of, it is the amount.
    """
    is_share = row["unit"] == "share"
    if row["difference"] is None:
        return "–"
    if row["relative_difference"] is None and not is_share:
        return f"{OVERVIEW_MARKS[row['verdict']]}{figure(row['difference'], row['unit'], True)}"
    whole = 100.0 if is_share else 100.0 * row["relative_difference"] / row["difference"] if row["difference"] else 0.0
    half = "" if row["ci_low"] is None else f" ±{abs(whole) * (row['ci_high'] - row['ci_low']) / 2:.1f}"
    return f"{OVERVIEW_MARKS[row['verdict']]}{whole * row['difference']:+.1f}{half}"


def _outcome_table(comparison: Comparison, name: str) -> Table:
    outcome = BY_NAME[name]
    unit = "" if outcome.unit in ("-", "share") else f" ({in_calendar_days(0, outcome.unit)[1]})"
    table = Table(title=f"{outcome.label}{unit}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    columns = _columns(comparison)
    is_wide = width() >= sum(columns.values()) + 2 * len(columns)
    shown = columns if is_wide else {column: COLUMNS[column] for column in NARROW}
    for column, least in shown.items():
        most = None if is_wide or column else NARROW_LABEL
        justify: Any = "left" if column in ("", "verdict") else "right"
        table.add_column(column, justify=justify, min_width=min(least, most or least), max_width=most)
    for row in comparison.rows:
        if row["outcome"] == name:
            cells = dict(zip(COLUMNS, _cells(row, row["scenario"] == comparison.baseline), strict=True))
            cells |= {"data": _share(row.get("parameter_share"))}
            table.add_row(*(cells[column] for column in shown))
    return table


def _cells(row: dict[str, Any], is_baseline: bool) -> list[str]:
    unit = row["unit"]
    if is_baseline:
        return [row["label"], figure(row["mean"], unit), "", "", "", "", "baseline"]
    interval = without_interval(row["ci_method"]) or "–"
    if row["ci_low"] is not None:
        interval = f"{figure(row['ci_low'], unit, True)} … {figure(row['ci_high'], unit, True)}"
    relative = "–" if row["relative_difference"] is None else f"{100 * row['relative_difference']:+.1f} %"
    better = "" if row["share_better"] is None or row["verdict"] == "equal" else f"{100 * row['share_better']:.0f} %"
    if row.get("probability_better") is not None:
        better = percent_of(row["probability_better"])
    difference = figure(row["difference"], unit, True)
    return [row["label"], figure(row["mean"], unit), difference, interval, relative, better, row["verdict"]]


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"


def run_table(single: SingleRun) -> str:
    """All outcomes of a run, in sections."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("outcome")
    table.add_column("value", justify="right")
    table.add_column("unit")
    for heading, names in SECTIONS.items():
        if table.row_count:
            table.add_row()
        table.add_row(heading)
        for name in names:
            outcome, value = BY_NAME[name], single.outcomes[name]
            unit = "" if outcome.unit in ("share", "-") else in_calendar_days(0, outcome.unit)[1]
            shown = type_name(value) if name == "type_index" else figure(value, outcome.unit)
            table.add_row("  " + outcome.label, shown, unit)
    about = single.provenance
    heading = f"{about['scenario_name']}, {about['scenario']['relationship']}, seed {about['seed']}"
    measured = measured_text(about["scenario"])
    return in_currency(written(f"{heading}\n{measured}", table), about["scenario"]["currency"])


def type_name(value: float | None) -> str:
    """The relationship type that practices come to, from its number.

    Examples
    --------
    >>> type_name(2.0), type_name(None)
    ('aligned', '–')
    """
    return "–" if value is None else TYPES[round(value)]


def measured_text(scenario: dict[str, Any]) -> str:
    """Which quarters of which fiscal years a run measures, in words."""
    first, days = scenario["run"]["warmup_days"], scenario["run"]["days"]
    begin, end = (quarter_name(day, scenario.get("fiscal_year_start", 1)) for day in (first, first + days - 1))
    return f"Measured: {begin}" + ("" if begin == end else f" to {end}") + f", {days} working days."


def tell_lead(single: SingleRun, lead: int, format: str = "table") -> str:
    """The story of a lead, in a format: every decision on it, with its luck and its chance.

    Raises
    ------
    InputError
        If the run has no such lead.
    """
    leads = single.leads
    if not 0 <= lead < len(leads):
        raise InputError("--trace", f"must be a row of leads, 0 to {len(leads) - 1}", lead, "Choose one of these rows.")
    row = leads.iloc[lead]
    events = single.world.events[: int(single.world.organization.n_events)]
    table = Table(box=None, padding=(0, 2, 0, 0))
    columns, rows = ("day", "question", "chance", "luck", "answer"), []
    for column in columns:
        table.add_column(column, justify="left" if column == "question" else "right")
    warmup = int(single.world.rules.warmup_days)
    for event in events[events["key"] == row["key"]]:
        answer = "yes" if event["draw"] < event["chance"] else "no"
        question = QUESTIONS[int(event["purpose"])].replace("_", " ")
        rows.append((int(event["day"]) - warmup, question, float(event["chance"]), float(event["draw"]), answer))
        day, _, chance, luck, _ = rows[-1]
        table.add_row(str(day), question, f"{chance:.3f}", f"{luck:.3f}", answer)
    if format != "table":
        return listed(columns, rows, format)
    heading = f"Lead {lead}: {row['state']}. Day 0 is the first after the warm-up."
    if any(question in JUDGEMENTS.values() for _, question, *_ in rows):
        heading += " Of ready: score and limit, not chance and luck."
    return written(heading, table)


def python_line(
    scenario: str, varied: Mapping[str, Sequence[str]], replications: int, seed: int, posterior: str | None = None
) -> str:
    """The Python line that does what the command did.

    Parameters
    ----------
    scenario : str
        In Python, see `python_scenario`.
    varied : mapping
        What is compared, by keyword; an empty one is left out.
    posterior : str, optional
        As it was given.
    """
    options = [f"{name}={list(given)!r}" for name, given in varied.items() if given]
    options += [f"replications={replications}", f"seed={seed}"]
    options += [f"posterior={posterior!r}"] if posterior else []
    parts = ", ".join([scenario, *options])
    return f"In Python: import sim; sim.compare({parts}).table()"


def python_run(scenario: str, relationship: str | None, uses: Sequence[str], seed: int, table: str) -> str:
    """The Python line that does what a run did.

    Parameters
    ----------
    scenario : str
        In Python, see `python_scenario`.
    table : str
        Method that gives what was shown.

    Examples
    --------
    >>> python_run("'mid'", None, ["liaison"], 1, "table")
    "In Python: import sim; sim.run(sim.with_interventions(sim.load_scenario('mid'), 'liaison'), seed=1).table()"
    """
    if uses and not scenario.startswith("sim."):
        scenario = f"sim.load_scenario({scenario})"
    for use in uses:
        scenario = f"sim.with_interventions({scenario}, {use!r})"
    kind = "" if relationship is None else f"relationship={relationship!r}, "
    return f"In Python: import sim; sim.run({scenario}, {kind}seed={seed}).{table}()"


def python_scenario(name: str, changes: Sequence[tuple[str, Any]]) -> str:
    """A scenario with changed values in Python.

    Examples
    --------
    >>> python_scenario("mid", [("run.days", 260)])
    "sim.with_value(sim.load_scenario('mid'), 'run.days', 260)"
    """
    if not changes:
        return repr(name)
    text = f"sim.load_scenario({name!r})"
    for path, value in changes:
        text = f"sim.with_value({text}, {path!r}, {value!r})"
    return text


def catalogue_text(format: str) -> str:
    """Shipped scenarios, organization and market presets, relationship types and interventions, a line each."""
    entries = [("scenario", name, load_scenario(name).description) for name in scenario_names()]
    for kind, known in (("organization", organizations()), ("market", markets()), ("relationship", relationships())):
        entries += [(kind, name, entry.description) for name, entry in known.items()]
    for kind, actions in (("intervention", interventions()), ("shock", shocks())):
        entries += [
            (kind, name, f"{entry.description} Dose: {entry.unit}, usual {entry.default_dose:g}.")
            for name, entry in actions.items()
        ]
    entries += [("lever", lever.name, f"{lever.meaning} (usual {lever.default:g})") for lever in LEVERS.values()]
    entries += added_lines()
    listing = listed(("kind", "name", "description"), entries, format)
    return listing + PRESET_HINT if format == "table" else listing


def added_lines() -> list[tuple[str, str, str]]:
    """What extensions are installed and add, beside interventions: kind, name and description."""
    lines = [("extension", each.package, f"{each.version}. {each.description}") for each in extensions()]
    lines += [("agent", agent.name, f"{agent.meaning} ({agent.package})") for agent in added_agents().values()]
    return lines + [
        ("outcome", each.name, f"{each.meaning}, {each.unit} ({each.package})") for each in added_outcomes()
    ]


def listed(columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], format: str) -> str:
    """Rows in a format: table, json or csv. In a table nothing is cut, and names in the first column are kept whole."""
    if format == "json":
        return json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=1, ensure_ascii=False)
    if format == "csv":
        import pandas as pd

        return str(pd.DataFrame(list(rows), columns=list(columns)).to_csv(index=False))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == columns[0] and width() >= WHOLE_NAMES)
    for row in rows:
        table.add_row(*map(str, row))
    return written(table)


def scenario_text(scenario: Scenario, values: Sequence[Value], format: str) -> str:
    """A scenario with every value and its origin: as commented TOML, as JSON, or as CSV."""
    rows = [tuple(getattr(value, column) for column in VALUE_COLUMNS) for value in values]
    if format == "json":
        listing = [dict(zip(VALUE_COLUMNS, row, strict=True)) for row in rows]
        return json.dumps(scenario.model_dump(mode="json") | {"values": listing}, indent=1, ensure_ascii=False)
    if format == "csv":
        return listed(VALUE_COLUMNS, rows, "csv")
    return scenario_toml(scenario, values)


def entry_text(entry: Entry, format: str) -> str:
    """A preset, relationship type or intervention with every number, its unit, range and source."""
    columns = ("number", "value", "unit", "low", "high", "source", "meaning")
    rows = [tuple(getattr(number, column) for column in columns) for number in entry.numbers]
    if format != "table":
        return listed(columns, rows, format)
    shown = [(n.number, brief(n.value), n.unit, span(n.low, n.high), n.source, n.meaning) for n in entry.numbers]
    heading = f"{entry.label} ({entry.kind} {entry.name})\n{entry.description}\n"
    return written(heading) + listed(("number", "value", "unit", "range", "source", "meaning"), shown, "table")


def span(low: float | None, high: float | None) -> str:
    """A range as people read it."""
    if low is None:
        return ""
    return f"from {low:g}" if high is None else f"{low:g} … {high:g}"


def brief(value: Any) -> str:
    """A number of a catalogue on one line; a list by its names or figures."""
    if isinstance(value, list):
        return ", ".join(str(row["name"]) if isinstance(row, dict) else f"{row:g}" for row in value)
    return f"{value:g}"


def checked_text(file: str, notes: Sequence[str]) -> str:
    """What the check of a scenario found."""
    if not notes:
        return f"{file}: good"
    n = len(notes)
    heading = f"{file}: good, with {n} thing{'s' if n > 1 else ''} to look at"
    return "\n".join([heading, *(f"  - {note}" for note in notes)])
