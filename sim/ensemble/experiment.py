"""Studies: run a plan into a store, go on with it, and read what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.domain.errors import InputError, Told
from sim.domain.extensions import check_extensions
from sim.ensemble.chunks import Part
from sim.ensemble.draws import posterior_from, posterior_table
from sim.ensemble.executors import check_executor, check_workers, pool_of
from sim.ensemble.files import writable_folder, write_text
from sim.ensemble.points import StudyPoints
from sim.ensemble.progress import Advance, progress
from sim.ensemble.provenance import check_results_version, plan_content, plan_digest, provenance_of
from sim.ensemble.questions import Questions
from sim.ensemble.reading import FORMATS, Reading
from sim.ensemble.sampling import design_of
from sim.ensemble.store import (
    KIND,
    POINTS,
    RECORD,
    STORE_SCHEMA,
    Contents,
    DamagedRecord,
    Fault,
    Store,
    is_free,
    is_store,
    open_store,
)
from sim.ensemble.sweep import Progress, Sweep, check_part, keep_of, missing_of, planned_of, run_sweep, stop_at_failure
from sim.spec.catalogue import read_scenario
from sim.spec.plan import Plan, base_of, load_plan, plan_with, posterior_in, read_plan
from sim.spec.presets import flat

if TYPE_CHECKING:
    import pandas as pd

RESULTS = Path("results")
#: Differences between two plans that a message shows.
SHOWN_DIFFERENCES = 3


@dataclass(frozen=True)
class Status:
    """How far a study is.

    Parameters
    ----------
    state : {"complete", "incomplete", "running"}
        Whether anything is missing, and whether a process works on it.
    points, planned, done, failed, missing : int
        Points, and runs by what has become of them.
    failed_points : int
        Points that cannot be run at all; each counts as one failed run.
    balanced : int
        Replications that are complete in every point that can be run.
    set_aside : int
        Files that are damaged or from elsewhere, and not read.
    """

    state: str
    points: int
    planned: int
    done: int
    failed: int
    missing: int
    failed_points: int
    balanced: int
    set_aside: int


class Experiment(Questions):
    """A study in its store: its points, its runs and what can be said of them.

    Parameters
    ----------
    sweep : Sweep
        Plan, points and store.
    contents : Contents
        Files that have been checked.
    """

    def __init__(self, sweep: Sweep, contents: Contents) -> None:
        self.sweep, self.contents = sweep, contents
        self.plan, self.store, self.design = sweep.plan, sweep.store, sweep.points.design

    def __repr__(self) -> str:
        """Name, folder and how far it is."""
        status = self.status
        return f"<Experiment {self.plan.name} in {self.store.folder}: {status.done} of {status.planned} runs>"

    def _repr_html_(self) -> str:
        """How far it is and its best points, for notebooks."""
        from sim.ensemble.notebook import study_html

        return study_html(self)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where it comes from: plan, scenario, seed, versions."""
        return {**self.store.record["provenance"], "plan": self.store.record["plan"]}

    @cached_property
    def progress(self) -> Progress:
        """Which runs are done, and which failed."""
        return self.sweep.state(self.contents)

    @cached_property
    def reading(self) -> Reading:
        """Its tables in DuckDB."""
        sweep, files, counts = self.sweep, self.contents, self.sweep.counts(self.progress)
        return Reading(self.store, sweep.points, sweep.keep, files.digests, counts, self.progress, files.has_twins)

    @property
    def status(self) -> Status:
        """How far it is."""
        counts, state = self.reading.counts, self.progress
        planned, poisoned = planned_of(counts, state), state.poisoned
        planned[poisoned, 1:] = False
        missing = int((planned & ~state.tried).sum())
        together = (state.tried | ~planned).all(axis=0)[: int(counts[~poisoned].max(initial=0))]
        busy = self.store.is_busy()
        return Status(
            state="running" if busy else "incomplete" if missing else "complete",
            points=len(self.sweep.points.ids),
            planned=int(planned.sum()),
            done=int((state.done & planned).sum()),
            failed=int((state.failed & planned).sum()),
            missing=missing,
            failed_points=int(poisoned.sum()),
            balanced=len(together) if together.all() else int(together.argmin()),
            set_aside=self.store.n_aside() + len(self.contents.faults),
        )

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study by name: points, runs, and what else the plan keeps.

        ``series`` has point_id, draw, replication, day, name, value, and day 0 is the first after the warm-up;
        ``deals``, ``incidents`` and ``events`` have a row for every deal, dispute, or event of a lead, in their order.

        Raises
        ------
        InputError
            If the plan does not keep it.
        """
        if name not in self.reading.names:
            kept = ", ".join(self.reading.names)
            mend = 'A plan keeps more with series = ["trust"] or tables = ["deals"]; `smarketing experiment extend`.'
            raise InputError("table", f"must be one that the plan keeps ({kept})", name, mend)
        if name == "points":
            points: pd.DataFrame = self.sweep.points.table().to_pandas()
            return points
        return self.reading.frame(name)

    def sql(self, query: str) -> pd.DataFrame:
        """Ask the tables, such as ``points`` and ``runs``, in SQL, whatever their size.

        Raises
        ------
        InputError
            If the question is none.
        """
        import duckdb

        try:
            with self.reading.connect() as connection:
                frame: pd.DataFrame = connection.sql(query).df()
                return frame
        except duckdb.Error as error:
            raise InputError(
                "query",
                f"must be SQL that DuckDB understands ({error})",
                query,
                "The tables are points, runs and those that the plan keeps; `DESCRIBE runs` shows columns.",
            ) from None

    def export(self, folder: str | Path, format: str = "parquet") -> list[Path]:
        """Write every table and the provenance, sorted and free of timings: equal studies give equal bytes.

        Returns
        -------
        list of Path
            Files written.

        Raises
        ------
        InputError
            If the format is unknown or the folder cannot be written.
        """
        if format not in FORMATS:
            raise InputError("--format", f"must be one of {', '.join(FORMATS)}", format, "Choose one of them.")
        folder = writable_folder(Path(folder))
        files = []
        for name in self.reading.names:
            files.append(folder / f"{name}.{format}")
            self.reading.write(name, files[-1], format)
        files.append(folder / "provenance.json")
        write_text(files[-1], json.dumps(self.provenance, indent=1, ensure_ascii=False) + "\n")
        return files


def experiment(  # noqa: PLR0913 - the verb of the product; all but the first are keywords
    plan: str | Path | Plan = "grid",
    *,
    store: str | Path | None = None,
    workers: int | None = None,
    executor: str | Executor = "threads",
    address: str | None = None,
    part: str | None = None,
    extend: bool = False,
    quiet: bool = False,
    advance: Advance | None = None,
    **changes: Any,
) -> Experiment:
    """Run a plan into a store, or what of it is still missing there.

    Parameters
    ----------
    plan : str, Path or Plan
        Name of a shipped plan, a TOML file, or a plan.
    store : str or Path, optional
        Folder of the study; ``results/NAME`` by default. What it holds is never run again.
    workers : int, optional
        How many work at once; by default one for each processor. Never changes a result.
    executor : {"threads", "processes", "dask"} or concurrent.futures.Executor
        Who works.
    address : str, optional
        Scheduler of a running Dask cluster.
    part : str, optional
        Such as ``"1/2"``: only this machine's part; merge the stores afterwards.
    extend : bool
        Whether a store of another plan may become one of this; what both share is kept.
    quiet : bool
        No progress bar.
    advance : Advance, optional
        Told of finished runs instead of a progress bar; what it raises ends the work, and what is done is kept.
    **changes
        Fields of the plan to change, such as ``replications=200`` or ``scenario="small"``.

    Returns
    -------
    Experiment
        The study as it stands in its store.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend. What was done before is kept.
    PointFailed
        If a run failed and the plan says ``on_error = "stop"``.
    KeyboardInterrupt
        When interrupted; what is done is kept, and the same call goes on with it.
    """
    chosen = plan if isinstance(plan, Plan) else load_plan(plan)
    chosen = plan_with(chosen, **changes) if changes else chosen
    share = Part.read(part) if part else Part()
    check_part(chosen, share)
    check_workers(workers)
    check_executor(executor, address)
    folder = folder_of(chosen, store)
    with entered(chosen, folder, extend) as sweep:
        contents = sweep.store.examine(columns_of(chosen))
        sweep.store.set_aside(contents.faults)
        state = sweep.state(contents)
        stop_at_failure(chosen, state)
        total = int(
            share.of_missing(missing_of(sweep.counts(state), state), planned_of(sweep.counts(state), state)).sum()
        )
        if total:
            told = progress(total, quiet) if advance is None else nullcontext(advance)
            with pool_of(executor, workers, address) as pool, told as teller:
                run_sweep(sweep, state, (pool, share), teller)
    return load(folder)


def folder_of(plan: Plan, store: str | Path | None) -> Path:
    """Where a study lies: the folder that is given, or the one of its name."""
    return Path(store) if store is not None else RESULTS / plan.name


def load(store: str | Path) -> Experiment:
    """A study from its store, complete or not.

    Parameters
    ----------
    store : str or Path
        Its folder.

    Raises
    ------
    InputError
        If there is none.
    """
    found = open_store(store)
    plan = plan_in(found)
    sweep = Sweep(plan, _points(plan, found), found)
    return Experiment(sweep, found.examine(columns_of(plan)))


def plan_in(store: Store) -> Plan:
    """The plan of a store, with the scenario as it was.

    Raises
    ------
    InputError
        If it rests on an extension that is not installed.
    """
    check_extensions(store.record, str(store.folder), is_made_again=False)
    base = read_scenario(store.record["provenance"]["scenario"])
    where = str(store.folder / RECORD)
    return read_plan(store.record["plan"], where=where, base=base, posterior=posterior_from(store))


def columns_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Columns by table that a chunk must have to serve a plan."""
    keep = keep_of(plan)
    return {"runs": keep.outcomes} | {
        name: keep.series if name == "series" else () for name in keep.tables if name != "runs"
    }


def record_of(plan: Plan) -> dict[str, Any]:
    """What ``store.json`` says of a plan."""
    base = base_of(plan)
    posterior = posterior_in(plan)
    drawn_from = {"posterior": posterior.about()} if posterior else {}
    provenance = provenance_of(base, plan.seed, digest=plan_digest(plan, base), **drawn_from)
    return {"kind": KIND, "schema": STORE_SCHEMA, "plan": plan.model_dump(mode="json"), "provenance": provenance}


@contextmanager
def entered(plan: Plan, folder: Path, extend: bool = False) -> Iterator[Sweep]:
    """Work alone on the store of a plan; one that does not exist yet is made.

    Raises
    ------
    InputError
        If the folder holds something else or another plan, or another process works on it.
    """
    known_store(plan, folder, extend)
    store = Store(folder, record_of(plan))
    with store.locked():
        known = known_store(plan, folder, extend)  # again: another process may have been here meanwhile
        points = _points(plan, store)
        if known is None and is_store(folder):
            store.set_aside((Fault(RECORD, "is damaged"),))
        drawn_from = posterior_table(posterior_in(plan))
        is_there = store.points() is not None and (drawn_from is None or store.posterior() is not None)
        if known is None or known.record != store.record or not is_there:
            store.found(points.table(), drawn_from)
        yield Sweep(plan, points, store)


def known_store(plan: Plan, folder: Path, extend: bool = False) -> Store | None:
    """The store of a plan that a folder holds; None where it is new, or its record is lost or damaged.

    Raises
    ------
    InputError
        If the folder holds something else or another plan.
    """
    if not is_store(folder):
        if not is_free(folder):
            raise InputError("--store", "must be empty or hold a study", str(folder), "Choose another folder.")
        return None
    try:
        found = open_store(folder)
    except DamagedRecord:
        return None
    check_same(plan, found, extend)
    return found


def _points(plan: Plan, store: Store) -> StudyPoints:
    """Points of a plan, with their ids from the store where it has them."""
    base = base_of(plan)
    design = design_of(plan, base)
    table = store.points()
    posterior = posterior_in(plan)
    if table is None:
        check_results_version(store.record["provenance"], str(store.folder / POINTS))
        return StudyPoints.of(base, design, plan.seed, posterior)
    known = StudyPoints.from_table(base, design, table, posterior)
    if known is None:
        mend = "Another version of SALib or scipy draws other points; use that of the machine that began."
        raise InputError(
            str(store.folder / POINTS), "must hold the points that the plan makes here", Told("others"), mend
        )
    return known


def check_same(plan: Plan, store: Store, extend: bool = False) -> None:
    """Make sure that a store is of this plan, or may become so, and can be gone on with.

    Raises
    ------
    InputError
        If it is of another, naming what differs, or was made with other results.
    """
    there, here = store.record["provenance"], record_of(plan)["provenance"]
    check_extensions(store.record, "--store")
    check_results_version(there, "--store")
    if there["digest"] == here["digest"]:
        return
    if not extend:
        told = "; ".join(_differences(plan, store)) or f"fields that smarketing {there['version']} did not have"
        way = "`smarketing experiment extend`, extend=True in Python"
        mend = f"Different: {told}. Use another store, or go on with this plan: {way}."
        raise InputError("--store", "must hold this plan; it holds another", str(store.folder), mend)
    if there["seed"] != plan.seed:
        raise InputError(
            "seed",
            f"must be that of the store ({there['seed']}) to extend it",
            plan.seed,
            "Give that seed, or another store.",
        )


def check_content(plan: Plan, store: Store) -> None:
    """Make sure that a store is of this plan, to be read: it may have been made with other results.

    Raises
    ------
    InputError
        If it is of another, naming what differs.
    """
    if told := "; ".join(_differences(plan, store)):
        raise InputError("--store", "must hold this plan; it holds another", str(store.folder), f"Different: {told}.")


def _differences(plan: Plan, store: Store) -> list[str]:
    """What differs between a store's plan and another, a few of the differences in words."""
    old, new = (dict(flat(plan_content(of, base_of(of)))) for of in (plan_in(store), plan))
    paths = [path for path in dict.fromkeys([*old, *new]) if old.get(path) != new.get(path)]
    told = [f"{path} is {_brief(new.get(path))}, there {_brief(old.get(path))}" for path in paths[:SHOWN_DIFFERENCES]]
    more = len(paths) - SHOWN_DIFFERENCES
    return [*told, f"and {more} more"] if more > 0 else told


def _brief(value: Any) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
