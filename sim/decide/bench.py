"""Where portfolios are tried: runs on common luck, each made once, kept in a folder so that a search can go on."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.behaviours.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.decide.portfolios import Portfolio, applied, text_of
from sim.decide.question import Question
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.domain.records import World
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.checked import Unfit, read_checked, write_checked
from sim.ensemble.executors import drain, pool_of
from sim.ensemble.files import writable_folder
from sim.ensemble.seeds import run_seed
from sim.spec.factors import INTERVENTIONS
from sim.spec.posterior import drawn
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

#: Raised when what a file holds changes, so that older ones are made again.
LAYOUT = 1
#: Runs of one piece of work, and of one file.
CHUNK, FILE = 8, 500
#: The run that tells prices: the firm as its scenario says, on the luck of the first replication.
PRICED = -1
#: Replications from here on are of firms whose assumed values are drawn too, each with a luck of its own.
DOUBTED = 200_000
WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK


class Price(NamedTuple):
    """What a portfolio asks beyond what doing nothing costs.

    Parameters
    ----------
    by_year : numpy.ndarray
        float64 of shape (years,): money that is decided on, c.u.: one-off costs, running costs of practices, liaisons'
        pay, selling hours and programme that are bought. The last year may be a part of one.
    hours : float
        Hours a year of marketers and reps once it runs, at the end of the horizon.
    """

    by_year: Any
    hours: float

    @property
    def yearly(self) -> float:
        """Money of the dearest year, c.u., in whole cents: what a yearly budget must bear."""
        return round(float(self.by_year.max()), 2)

    @property
    def total(self) -> float:
        """Money until the end of the horizon, c.u."""
        return round(float(self.by_year.sum()), 2)


@dataclass(frozen=True)
class Task:
    """Replications of a portfolio that are to be run."""

    portfolio: Portfolio
    replications: tuple[int, ...]


class Bench:
    """Runs portfolios, and remembers what came of them.

    Parameters
    ----------
    question : Question
        Says which firm, and on what luck.
    folder : pathlib.Path or None
        Where runs are kept; None keeps them in memory alone.
    workers : int or None
        Threads; by default one for each processor.
    advance : callable
        Told the number of runs that have just been finished.
    """

    def __init__(
        self, question: Question, folder: Path | None, workers: int | None, advance: Callable[[int], Any]
    ) -> None:
        self.question, self.workers, self.advance = question, workers, advance
        self.rows: dict[str, dict[int, Any]] = {}
        self.fresh: list[tuple[str, int, Any]] = []
        self.about = {"layout": LAYOUT, "kind": "decision", "digest": question.digest}
        self.home = None if folder is None else writable_folder(folder / question.digest[:16], "--store")
        self.n_read = self._read()

    def fill(self, portfolios: Sequence[Portfolio], replications: Sequence[int]) -> None:
        """Run what is missing of some portfolios; what is done is kept, also when it is interrupted."""
        tasks = list(self._missing(portfolios, replications))
        if not tasks:
            return

        def take(done: list[tuple[str, int, Any]]) -> None:
            for key, replication, row in done:
                self.rows.setdefault(key, {})[replication] = row
            self.fresh += done
            self.advance(len(done))
            if len(self.fresh) >= FILE:
                self._keep()

        try:
            with pool_of("threads", self.workers) as pool:
                drain(pool, partial(run_task, self.question), tasks, take)
        finally:
            self._keep()

    def _missing(self, portfolios: Sequence[Portfolio], replications: Sequence[int]) -> Iterator[Task]:
        """Work in the order of replications, so that what is done is balanced."""
        priced = [PRICED] if self.question.posterior is not None else [0]
        needed = [*(one for one in priced if one not in replications), *replications]
        for first in range(0, len(needed), CHUNK):
            for portfolio in portfolios:
                known = self.rows.get(text_of(portfolio), {})
                missing = tuple(one for one in needed[first : first + CHUNK] if one not in known)
                if missing:
                    yield Task(portfolio, missing)

    def outcomes(self, portfolio: Portfolio, replications: Sequence[int]) -> Any:
        """Outcomes of runs that were made, float64 of shape (replications, outcomes)."""
        rows = self.rows[text_of(portfolio)]
        return np.array([rows[one][: len(OUTCOMES)] for one in replications])

    def price(self, portfolio: Portfolio) -> Price:
        """What a portfolio that was run asks in money and hours."""
        own, usual = self._spent(portfolio), self._spent(())
        return Price(own[:-1] - usual[:-1], round(float(own[-1] - usual[-1]), 1))

    def _spent(self, portfolio: Portfolio) -> Any:
        rows = self.rows[text_of(portfolio)]
        priced = PRICED if self.question.posterior is not None else 0
        return rows[priced][len(OUTCOMES) :]

    def _read(self) -> int:
        """Take what earlier calls have kept; a file that is damaged is made again."""
        for file in sorted(self.home.glob("*.parquet")) if self.home else ():
            try:
                table = read_checked(file, self.about)
            except Unfit:
                continue
            keys, numbers = (table.column(name).to_pylist() for name in ("portfolio", "replication"))
            values = np.column_stack([table.column(name).to_numpy() for name in table.column_names[2:]])
            for key, number, row in zip(keys, numbers, values, strict=True):
                self.rows.setdefault(key, {})[number] = row
        return sum(map(len, self.rows.values()))

    def _keep(self) -> None:
        """Write the runs made since the last time into a file of their own."""
        import pyarrow as pa

        if self.home is None or not self.fresh:
            self.fresh = []
            return
        keys, numbers, rows = zip(*self.fresh, strict=True)
        names = [*(outcome.name for outcome in OUTCOMES), *(f"spent_{year}" for year in range(n_years(self.question)))]
        columns = dict(zip([*names, "hours"], np.array(rows).T, strict=True))
        table = pa.table({"portfolio": list(keys), "replication": pa.array(numbers, pa.int32()), **columns})
        name = hashlib.sha256(repr(list(zip(keys, numbers, strict=True))).encode()).hexdigest()[:16]
        try:
            write_checked(self.home / f"{name}.parquet", table, self.about)
        except OSError as error:
            rule = f"cannot be written ({error.strerror})"
            mend = "Make room, and run the command again to go on."
            raise InputError("--store", rule, str(self.home), mend) from None
        self.fresh = []


def n_years(question: Question) -> int:
    """Years of the horizon, the last of which may be a part of one."""
    return math.ceil(question.horizon / DAYS_PER_YEAR)


def scenario_of(question: Question, portfolio: Portfolio, replication: int) -> Scenario:
    """What a replication runs: the firm with the portfolio; with a posterior, as it was drawn; or as it may be doubted.

    Raises
    ------
    InputError
        If a draw makes no scenario.
    """
    settings = _settings(question, replication)
    if not settings:
        return applied(question.scenario, portfolio)
    point = {INTERVENTIONS: text_of(portfolio)} if portfolio else {}
    return drawn(question.scenario, point, settings)


def _settings(question: Question, replication: int) -> dict[str, Any]:
    """What is drawn of the firm in a replication: from the posterior, and of what is assumed."""
    settings: dict[str, Any] = {}
    if question.posterior is not None and replication != PRICED:
        settings |= question.posterior.settings(question.posterior.draw_of(replication))
    if replication >= DOUBTED:
        row = question.doubts[replication - DOUBTED].tolist()
        settings |= dict(zip((one.path for one in question.unknowns), row, strict=True))
    return settings


def _firm(question: Question, replication: int) -> tuple[int, int]:
    """What tells two firms apart: replications of the same run one after the other in the same memory."""
    draw = question.posterior.draw_of(replication) if question.posterior and replication != PRICED else 0
    return draw, max(0, replication - DOUBTED + 1)


def run_task(question: Question, task: Task) -> list[tuple[str, int, Any]]:
    """Run replications of a portfolio: key, replication, and outcomes followed by what was spent."""
    key, found = text_of(task.portfolio), []
    world, firm = None, None
    for replication in task.replications:
        own = _firm(question, replication)
        try:
            if world is None or own != firm:
                plan, world, firm = blueprint_of(scenario_of(question, task.portfolio, replication)), None, own
            world = simulate(plan, run_seed(question.seed, max(0, replication)), world)
            row = np.array([*outcomes_of(world).tolist(), *spent(world)])
        except InputError:
            if question.posterior is None:
                raise
            world, row = None, np.full(len(OUTCOMES) + n_years(question) + 1, np.nan)
        found.append((key, replication, row))
    return found


def spent(world: World) -> list[float]:
    """Money that is decided on by year after the warm-up, c.u., and hours a year that practices ask at the end.

    What budget rounds take from the programme was granted all the same: it counts, wherever it went.
    """
    first, last = int(world.rules.warmup_days), int(world.rules.n_days)
    book = world.journal[first:last]
    paid = book["pay"] + book["programme"] + book["programme_saved"]
    paid = paid + book["practice_cost"] + book["intervention_cost"]
    years = range(0, last - first, DAYS_PER_YEAR)
    firm = world.organization
    hours = firm.reps_today * firm.coordination_rep + firm.marketers_today * firm.coordination_marketer
    return [*(float(paid[day : day + DAYS_PER_YEAR].sum()) for day in years), firm.n_units * hours * WEEKS_PER_YEAR]
