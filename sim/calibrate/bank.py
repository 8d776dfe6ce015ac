"""A bank of simulated firms: draws from the prior, each run once, kept as the summaries that an export has too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.calibrate.lead_rows import Clock, rows_of_world
from sim.calibrate.prior import Parameter, firm_of, standard_draws
from sim.calibrate.summaries import Look, forecasts, summaries
from sim.domain.errors import InputError
from sim.domain.outcomes import RESULTS_VERSION
from sim.engine.run import simulate_here
from sim.ensemble.checked import Unfit, read_checked, write_checked
from sim.ensemble.executors import drain, pool_of
from sim.ensemble.files import writable_folder
from sim.ensemble.progress import Advance
from sim.ensemble.provenance import digest_of
from sim.ensemble.seeds import run_seed
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Raised when the code of summaries changes what they say, so that older files are made again.
SCHEMA = 1
#: Draws of one file.
CHUNK = 100
#: Prefixes of a bank's columns: parameters as standard normal draws, and what is seen of three sets of cohorts.
DRAW, FITTED, EVERY, HELD = "z:", "fit:", "all:", "held:"


@dataclass(frozen=True)
class Question:
    """What a bank is made for.

    Parameters
    ----------
    centre : Scenario
        Around which firms are drawn; its run is as long as the export.
    parameters : tuple of Parameter
        What is not known of them.
    unit : {"lead", "opportunity"}
        What the rows of the export are.
    clock : Clock
        Of the export.
    fitted, every, held : Look
        LeadRows that are fitted, all of them, and those that are held out.
    practices : pandas.DataFrame
        Prior draws of practice levels, columns by path; the draws of the bank use its rows in turn.
    seed : int
        Of the bank: its row r runs on luck r, whatever firm it is for.
    """

    centre: Scenario
    parameters: tuple[Parameter, ...]
    unit: str
    clock: Clock
    fitted: Look
    every: Look
    held: Look
    practices: pd.DataFrame
    seed: int = 1

    @property
    def digest(self) -> str:
        """Digest of all that decides the rows of the bank."""
        about = {
            "centre": digest_of(self.centre, self.seed),
            "parameters": [asdict(one) for one in self.parameters],
            "unit": self.unit,
            "clock": asdict(self.clock) | {"first": str(self.clock.first)},
            "looks": [asdict(look) for look in (self.fitted, self.every, self.held)],
            "practices": hashlib.sha256(self.practices.to_csv(index=False).encode()).hexdigest(),
            "version": RESULTS_VERSION,
        }
        return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()

    def z(self, rows: range) -> Any:
        """Standard normal draws of the parameters, shape (rows, parameters)."""
        return standard_draws(len(self.parameters), rows, self.seed)

    def practice(self, row: int) -> Mapping[str, float]:
        """Practice levels of a row, by path."""
        if not len(self.practices):
            return {}
        levels = self.practices.iloc[row % len(self.practices)]
        return {str(path): float(level) for path, level in levels.items()}

    def firm(self, z: Mapping[str, float], practices: Mapping[str, float]) -> Scenario:
        """The scenario of a draw."""
        return firm_of(self.centre, self.parameters, z, self.unit, practices)


def fill_bank(question: Question, n_rows: int, folder: Path | None, advance: Advance) -> pd.DataFrame:
    """Run the draws that a folder does not hold yet, and read all of them.

    Parameters
    ----------
    question : Question
        What the bank is for.
    n_rows : int
        Draws.
    folder : pathlib.Path or None
        Where files are kept, so that an interrupted bank goes on; None keeps nothing.
    advance : Advance
        Takes the number of draws that are done.

    Returns
    -------
    pandas.DataFrame
        One row per draw, in order: standard normal draws ``z:``, summaries ``fit:``, ``all:``, forecasts ``held:``.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    about = {"schema": SCHEMA, "kind": "bank", "digest": question.digest}
    home = None if folder is None else writable_folder(folder / question.digest[:16], "--store")
    parts = {first: range(first, min(first + CHUNK, n_rows)) for first in range(0, n_rows, CHUNK)}
    tables: dict[int, pd.DataFrame] = {}
    for first, rows in parts.items():
        table = _kept(home, rows, about)
        if table is not None:
            tables[first] = table
            advance(len(rows))

    def take(done: tuple[range, pd.DataFrame]) -> None:
        rows, table = done
        tables[rows.start] = table
        if home is not None:
            _keep(home, rows, table, about)
        advance(len(rows))

    with pool_of("threads") as pool:
        drain(pool, partial(_run_rows, question), [rows for first, rows in parts.items() if first not in tables], take)
    return pd.concat([tables[first] for first in parts], ignore_index=True)


def _path(home: Path, rows: range) -> Path:
    return home / f"{rows.start:07d}-{rows.stop:07d}.parquet"


def _kept(home: Path | None, rows: range, about: dict[str, Any]) -> pd.DataFrame | None:
    """A file of an earlier call; one that is damaged is made again."""
    if home is None or not _path(home, rows).exists():
        return None
    try:
        table: pd.DataFrame = read_checked(_path(home, rows), about).to_pandas()
    except Unfit:
        return None
    return table


def _keep(home: Path, rows: range, table: pd.DataFrame, about: dict[str, Any]) -> None:
    import pyarrow as pa

    try:
        write_checked(_path(home, rows), pa.Table.from_pandas(table, preserve_index=False), about)
    except OSError as error:
        rule = f"cannot be written ({error.strerror})"
        raise InputError("--store", rule, str(home), "Make room, and run the command again to go on.") from None


def _run_rows(question: Question, rows: range) -> tuple[range, pd.DataFrame]:
    names = [one.name for one in question.parameters]
    drawn = pd.DataFrame(question.z(rows), columns=[f"{DRAW}{name}" for name in names])
    firms = (_firm_or_none(question, row, z) for row, z in zip(rows, question.z(rows), strict=True))
    seen = [_seen(question, firm, row) for row, firm in zip(rows, firms, strict=True)]
    return rows, pd.concat([drawn, pd.DataFrame(seen)], axis=1)


def _firm_or_none(question: Question, row: int, z: Any) -> Scenario | None:
    try:
        at = dict(zip((one.name for one in question.parameters), z, strict=True))
        return question.firm(at, question.practice(row))
    except InputError:
        return None


def _seen(question: Question, firm: Scenario | None, row: int) -> dict[str, float]:
    """What is seen of a firm on one luck; nothing of one that cannot be simulated."""
    try:
        plan = None if firm is None else blueprint_of(firm)
    except InputError:
        plan = None
    if plan is None:
        return {}
    rows = rows_of_world(simulate_here(plan, run_seed(question.seed, row)), question.unit, question.clock)
    parts = (
        (FITTED, summaries(rows, question.fitted)),
        (EVERY, summaries(rows, question.every)),
        (HELD, forecasts(rows, question.held)),
    )
    return {f"{prefix}{name}": value for prefix, found in parts for name, value in found.items()}


def run_firms(question: Question, firms: Sequence[Scenario], first: int, advance: Advance) -> pd.DataFrame:
    """What is seen of given firms, firm i on luck `first` + i: the bank's columns without the draws."""
    found: dict[int, dict[str, float]] = {}

    def work(place: int) -> tuple[int, dict[str, float]]:
        return place, _seen(question, firms[place], first + place)

    def take(done: tuple[int, dict[str, float]]) -> None:
        found[done[0]] = done[1]
        advance(1)

    with pool_of("threads") as pool:
        drain(pool, work, range(len(firms)), take)
    return pd.DataFrame([found[place] for place in range(len(firms))])
