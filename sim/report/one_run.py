"""What a terminal and files show of one run: its outcomes, told apart, its assessment, its tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sim.analysis.series import PERIODS
from sim.domain.errors import InputError, did_you_mean
from sim.ensemble.comparison import SingleRun
from sim.ensemble.files import check_table_file, write_table
from sim.report.terminal import listed, run_table, written

#: Columns of a run told apart that a terminal shows; files and JSON have all.
SHOWN_BY = {
    "source": "source leads_in followup_rate acceptance_rate wins win_rate bookings programme_per_win".split(),
    "segment": "segment handed_off deals_opened wins lost win_rate mean_value bookings cycle_days".split(),
    "person": "person handed_off followup_rate deals_opened wins win_rate bookings disputes strain trust".split(),
}


def told_apart(single: SingleRun, by: str, format: str) -> str:
    """The funnel of a run by source, segment or person, in a format."""
    frame = getattr(single, f"by_{by}")()
    return frame_text(frame[SHOWN_BY[by]] if format == "table" else frame, format)


def frame_text(frame: Any, format: str) -> str:
    """A table in a format; on the terminal with two digits after the point, and empty where nothing exists."""
    rows = list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))
    columns = tuple(str(name).replace("_", " ") if format == "table" else str(name) for name in frame.columns)
    return listed(columns, rows if format != "table" else [tuple(map(_cell, row)) for row in rows], format)


def assessment_text(single: SingleRun, format: str) -> str:
    """The self-assessment in a format; as a table with sums and bands of marketing, sales and heads."""
    table = single.assessment()
    if format != "table":
        return frame_text(table, format)
    sums = single.assessment_sums()
    words = [f"{row.group} {row.sum} ({row.band})" for row in sums.itertuples()]
    about = single.provenance
    heading = f"{about['scenario_name']}, {about['scenario']['relationship']}, seed {about['seed']}"
    note = "1 disagree strongly to 5 agree strongly. Staff answer from what happens, heads from what is ordered."
    return written(heading, frame_text(table, "table"), f"Sums of 20 to 100: {', '.join(words)}.", note)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return str(value)


def outcomes_text(single: SingleRun, format: str) -> str:
    """All outcomes of a run, in a format."""
    if format == "json":
        return json.dumps(single.document(), indent=1, ensure_ascii=False, allow_nan=False)
    if format == "csv":
        return str(single.table().to_csv(index=False))
    return run_table(single)


def check_view(by: str | None, every: str) -> None:
    """Make sure that a way to tell a run apart and a period are known."""
    if by is not None and by not in SHOWN_BY:
        raise InputError("--by", f"must be one of {', '.join(SHOWN_BY)}", by, did_you_mean(by, SHOWN_BY))
    if every not in PERIODS:
        raise InputError("--every", f"must be one of {', '.join(PERIODS)}", every, did_you_mean(every, PERIODS))


def check_files(files: dict[str, Path | None]) -> None:
    """Make sure that every table that was asked for can be written, before any work is done for it."""
    for option, file in files.items():
        if file is not None:
            check_table_file(file, option)


def write_files(single: SingleRun, files: dict[str, Path | None], every: str) -> Iterator[str]:
    """Write the tables that were asked for, and say of each what was written.

    Parameters
    ----------
    files : dict
        File by option: ``--series``, ``--events``, ``--incidents``.
    every : str
        Period of the series.
    """
    tables: dict[str, Callable[[], Any]] = {
        "--series": lambda: single.series(every),
        "--events": single.event_log,
        "--incidents": lambda: single.incidents,
    }
    for option, file in files.items():
        if file is not None:
            table = tables[option]()
            write_table(file, table, single.provenance)
            yield f"Wrote {file}: {len(table)} rows."
