"""Commands about studies: run plans into stores, go on with them, look at them and take them out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import (
    INTERRUPTED,
    NUMBER,
    Format,
    Out,
    PosteriorFile,
    Quiet,
    Workers,
    check_format,
    interruptible,
    put,
)
from sim.domain.errors import InputError

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: Exit code of a study with runs that failed, or with results that differ when made again.
FAILED = 1
app = typer.Typer(
    help="Run studies: plans of many scenarios, in a store that can be resumed, extended and merged.",
    no_args_is_help=True,
)
PlanName = Annotated[
    str, typer.Argument(metavar="PLAN", help="A shipped plan (see `smarketing experiment list`), or a TOML file.")
]
PlanOfStore = Annotated[
    str | None, typer.Argument(metavar="[PLAN]", help="Make sure that the store is of this plan.", show_default=False)
]
StoreFolder = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Folder of the study; results/PLAN by default.", show_default=False),
]
Executor = Annotated[str, typer.Option("--executor", help="threads, processes or dask.")]
Address = Annotated[str | None, typer.Option("--address", metavar="URL", help="Scheduler of a running Dask cluster.")]
PartOf = Annotated[
    str | None,
    typer.Option("--part", metavar="K/N", help="Run the K-th of N parts only; other machines run the others."),
]
Many = Annotated[
    int | None, typer.Option("--replications", **NUMBER, help="Instead of the plan's.", show_default=False)
]
OtherScenario = Annotated[
    str | None, typer.Option("--scenario", help="Scenario instead of the plan's.", show_default=False)
]
OtherSeed = Annotated[int | None, typer.Option("--seed", **NUMBER, help="Instead of the plan's.", show_default=False)]


@app.command("list")
@interruptible
def list_plans(format: Format = "table", out: Out = None) -> None:
    """List the shipped plans."""
    from sim.report.studies import plans_text

    put(plans_text(check_format(format)), out)


@app.command("show")
@interruptible
def show_plan(
    plan: PlanName,
    scenario: OtherScenario = None,
    replications: Many = None,
    seed: OtherSeed = None,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR", help="Show what came of it instead, from this store.")
    ] = None,
    format: Format = "table",
    out: Out = None,
) -> None:
    """Show what a plan varies, every point that it runs, and about how long that takes; or what came of it."""
    from sim.report.studies import plan_text

    check_format(format)
    if store is None:
        put(plan_text(_plan(plan, scenario, replications, seed), format), out)
        return
    if format != "table":
        raise InputError("--format", "must be table to show results", format, "`smarketing experiment export` has all.")
    from sim.ensemble.experiment import check_content, load
    from sim.report.studies import status_text
    from sim.report.study_terminal import answers_text

    study = load(store)
    check_content(_plan(plan, scenario, replications, seed), study.store)
    put(status_text(study, "table") + answers_text(study), out)


@app.command("run")
@interruptible
def run_plan(
    plan: PlanName,
    store: StoreFolder = None,
    scenario: OtherScenario = None,
    replications: Many = None,
    seed: OtherSeed = None,
    posterior: PosteriorFile = None,
    workers: Workers = None,
    executor: Executor = "threads",
    address: Address = None,
    part: PartOf = None,
    quiet: Quiet = False,
) -> None:
    """Run a plan into a store; what the store already holds of it is not run again."""
    changes = {"scenario": scenario, "replications": replications, "seed": seed, "posterior": posterior}
    how = {"workers": workers, "executor": executor, "address": address, "part": part, "quiet": quiet}
    _run(plan, store, changes, how)


@app.command("resume")
@interruptible
def resume(
    plan: PlanOfStore = None,
    store: StoreFolder = None,
    workers: Workers = None,
    executor: Executor = "threads",
    address: Address = None,
    part: PartOf = None,
    quiet: Quiet = False,
) -> None:
    """Go on with a study that was interrupted or killed; damaged files are set aside and made anew."""
    from sim.ensemble.experiment import check_same, plan_in
    from sim.spec.plan import load_plan

    found = _opened(plan, store)
    if plan is not None:
        check_same(load_plan(plan), found)
    how = {"workers": workers, "executor": executor, "address": address, "part": part, "quiet": quiet}
    _run(plan_in(found) if plan is None else plan, found.folder, {}, how)


@app.command("extend")
@interruptible
def extend(
    plan: PlanName,
    store: StoreFolder = None,
    scenario: OtherScenario = None,
    replications: Many = None,
    posterior: PosteriorFile = None,
    workers: Workers = None,
    executor: Executor = "threads",
    address: Address = None,
    quiet: Quiet = False,
) -> None:
    """Make a store's study one of another plan: more replications, points or factors. What both share is kept."""
    changes = {"scenario": scenario, "replications": replications, "posterior": posterior}
    how = {"workers": workers, "executor": executor, "address": address, "quiet": quiet, "extend": True}
    _run(plan, store, changes, how)


@app.command("merge")
@interruptible
def merge_stores(
    sources: Annotated[list[Path], typer.Argument(metavar="STORE...", help="Stores of the same plan.")],
    store: Annotated[Path, typer.Option("--store", metavar="DIR", help="Store that takes them in, new or not.")],
) -> None:
    """Join the stores that several machines have made of one plan."""
    from sim.ensemble.merging import merge

    merged = merge(store, list(sources))
    for fault in merged.faults:
        print(f"Not read: {fault}", file=sys.stderr)
    print(f"{merged.taken} runs taken in, {merged.known} known already.")
    study = _loaded(None, store)
    _tell(study)
    if merged.faults or study.status.failed:
        raise typer.Exit(FAILED)


@app.command("status")
@interruptible
def show_status(plan: PlanOfStore = None, store: StoreFolder = None, format: Format = "table", out: Out = None) -> None:
    """Say how far a study is; exit code 1 if runs failed or files had to be set aside."""
    from sim.report.studies import status_text

    check_format(format)
    study = _loaded(plan, store)
    put(status_text(study, format), out)
    status = study.status
    if status.failed or status.set_aside:
        raise typer.Exit(FAILED)


@app.command("export")
@interruptible
def export_tables(
    plan: PlanOfStore = None,
    store: StoreFolder = None,
    format: Annotated[str, typer.Option("--format", help="csv, parquet or json.")] = "csv",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to write to; STORE/export by default.")
    ] = None,
) -> None:
    """Write points, runs and series as tables, sorted and free of timings: equal studies give equal bytes."""
    study = _loaded(plan, store)
    for file in study.export(out or study.store.folder / "export", format):
        print(file)


def _plan(name: str, scenario: str | None, replications: int | None, seed: int | None) -> Any:
    from sim.spec.plan import load_plan, plan_with

    return plan_with(load_plan(name), scenario=scenario, replications=replications, seed=seed)


def _opened(plan: str | None, store: Path | None) -> Any:
    """The store that is meant, of the plan if one is named."""
    from sim.ensemble.experiment import check_content, folder_of
    from sim.ensemble.store import open_store
    from sim.spec.plan import load_plan

    if plan is None:
        if store is None:
            raise InputError("--store", "must be given", None, "For example --store results/grid.")
        return open_store(store)
    chosen = load_plan(plan)
    found = open_store(folder_of(chosen, store))
    check_content(chosen, found)
    return found


def _loaded(plan: str | None, store: Path | None) -> Experiment:
    from sim.ensemble.experiment import load

    return load(_opened(plan, store).folder)


def _run(plan: Any, store: Path | None, changes: dict[str, Any], how: dict[str, Any]) -> None:
    """Run a study, say how far it is, and end with the exit code that says so too."""
    from sim.ensemble.experiment import experiment, folder_of
    from sim.ensemble.sweep import PointFailed
    from sim.spec.plan import load_plan, plan_with

    chosen = plan_with(load_plan(plan) if isinstance(plan, str) else plan, **changes)
    folder = folder_of(chosen, store)
    try:
        study = experiment(chosen, store=folder, **how)
    except (KeyboardInterrupt, PointFailed) as error:
        _leave(folder, isinstance(error, PointFailed))
    _tell(study)
    if study.status.state == "complete" and not how["quiet"]:
        from sim.report.study_terminal import answers_text

        sys.stdout.write(answers_text(study, 1))
    if study.status.failed:
        raise typer.Exit(FAILED)


def _tell(study: Experiment) -> None:
    from sim.report.studies import status_text

    sys.stdout.write(status_text(study, "table"))


def _leave(folder: Path, has_failed: bool) -> None:
    """Say what is kept of a study that did not come to its end."""
    from sim.ensemble.experiment import load
    from sim.ensemble.store import is_store
    from sim.report.studies import stopped_text

    if not is_store(folder):
        print("Interrupted; nothing was written.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED)
    print(stopped_text(load(folder), has_failed), file=sys.stderr)
    raise typer.Exit(FAILED if has_failed else INTERRUPTED)
