"""Kill studies at random moments, and run one of 100,000 runs: what a store and a sweep can bear.

    python experiments/robustness.py --kills 50      # processes killed and resumed, four ways of working
    python experiments/robustness.py --memory        # memory, and what the sweep adds to the bare runs

Each prints a table in Markdown, as it stands in docs/experiments.md.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sim.domain.outcomes import OUTCOMES
from sim.ensemble import work
from sim.ensemble.experiment import experiment, load
from sim.spec.plan import load_plan, plan_with

#: A chunk takes about a second, and a whole study half a minute on one processor.
KILL_PLAN = """
name = "kill"
scenario = "small"
replications = 100
series = ["trust"]
[design]
kind = "grid"
[factors]
relationship = ["undefined", "defined", "aligned", "integrated"]
"market.gap_days" = [{gaps}]
"""
WAYS = {
    "1 thread": ["--workers", "1"],
    "2 threads": ["--workers", "2"],
    "2 processes": ["--workers", "2", "--executor", "processes"],
    "Dask": ["--executor", "dask"],
}
POINTS, REPLICATIONS = 500, 200
COMMAND = [sys.executable, "-c", "from sim.cli import main; main()"]
#: Seconds after which something is wrong.
TOO_LONG = 600


# --- Kills ------------------------------------------------------------------------------------------------------------


def export_digest(store: Path) -> str:
    """SHA-256 of an export in every format, the provenance left out."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        for format in ("csv", "parquet", "json"):
            load(store).export(folder, format)
        for path in sorted(Path(folder).iterdir()):
            if path.name != "provenance.json":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def start(plan: Path, store: Path, options: list[str]) -> subprocess.Popen[bytes]:
    """A process of its own group that runs a plan."""
    command = [*COMMAND, "experiment", "run", str(plan), "--store", str(store), "--quiet", *options]
    with (store.parent / "output.txt").open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)


def n_chunks(store: Path) -> int:
    """Chunks that are written."""
    return sum(1 for _ in (store / "runs").glob("*.parquet"))


def wait_for_work(process: subprocess.Popen[bytes], store: Path, before: int) -> bool:
    """Wait until a process has written a chunk of its own; False if it came to its end."""
    end = time.monotonic() + TOO_LONG
    while n_chunks(store) == before:
        if process.poll() is not None:
            return False
        if time.monotonic() > end:
            raise TimeoutError(f"nothing was written to {store}")
        time.sleep(0.002)
    return process.poll() is None


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process alone, as the system does when memory runs out; its workers must end by themselves."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def killed_study(plan: Path, store: Path, options: list[str], kills: int, luck: random.Random) -> tuple[int, int]:
    """Run a study, killing it at random moments of live work; returns kills, and chunks that were half-written.

    The moment is drawn between a process's first chunk and a second later, so that it never falls into its start.
    """
    done, half = 0, 0
    while True:
        before = n_chunks(store)
        process = start(plan, store, options)
        if done == kills or not wait_for_work(process, store, before):
            process.wait(TOO_LONG)
            return done, half
        time.sleep(luck.uniform(0.0, 0.3))
        if process.poll() is None:
            kill(process)
            done += 1
            half += sum(1 for _ in store.glob("*/.*.part"))


def dask_cluster(stack: ExitStack) -> tuple[str, list[subprocess.Popen[bytes]], Path]:
    """A scheduler and two workers as processes of their own."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    port = 18700 + os.getpid() % 200
    address = f"tcp://127.0.0.1:{port}"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    processes = [subprocess.Popen([*scheduler, "--no-dashboard"], **quiet)]
    processes += [subprocess.Popen(dask_worker(address), **quiet) for _ in range(2)]
    for process in processes:
        stack.callback(process.wait)
        stack.callback(process.kill)
    return address, processes, folder


def dask_worker(address: str) -> list[str]:
    """The command of a worker without a nanny, so that one that is killed stays away."""
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    return [*worker, "--no-nanny", "--no-dashboard"]


def study_with_a_killed_worker(plan: Path, store: Path) -> tuple[int, int]:
    """Run a study on a scheduler and two workers, one of which is killed midway; returns kills and chunks by then."""
    with ExitStack() as stack:
        address, processes, _ = dask_cluster(stack)
        process = start(plan, store, ["--executor", "dask", "--address", address])
        if not wait_for_work(process, store, 0):
            return 0, 0
        wait_for_work(process, store, n_chunks(store))
        by_then = n_chunks(store)
        kill(processes[2])
        try:
            process.wait(TOO_LONG)
        finally:
            process.kill()
        return 1, by_then


def measure_kills(kills: int, gaps: int, ways: list[str], seed: int = 1) -> Iterator[tuple[str, int, int, bool]]:
    """By way of working: kills, half-written files that they left, and whether the export is the undisturbed one."""
    luck = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = folder / "kill.toml"
        plan.write_text(KILL_PLAN.format(gaps=", ".join(str(8 + 0.25 * gap) for gap in range(gaps))))
        (folder / "undisturbed").mkdir()
        start(plan, folder / "undisturbed/store", WAYS["2 threads"]).wait(TOO_LONG)
        expected = export_digest(folder / "undisturbed/store")
        for way in ways:
            store = folder / way.replace(" ", "-") / "store"
            store.parent.mkdir()
            if way == "Dask":
                done, half = study_with_a_killed_worker(plan, store)
            else:
                done, half = killed_study(plan, store, WAYS[way], kills, luck)
            yield way, done, half, export_digest(store) == expected


# --- Memory and overhead ----------------------------------------------------------------------------------------------


def resident_mb() -> float:
    """Memory of this process, from /proc."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) / 1024.0
    raise OSError("no VmRSS in /proc/self/status")


class Watch(threading.Thread):
    """Notes the memory of this process and the chunks written, twice a second."""

    def __init__(self, store: Path) -> None:
        super().__init__(daemon=True)
        self.store, self.seen, self.over = store, [], threading.Event()

    def run(self) -> None:
        """Watch until it is over."""
        while not self.over.wait(0.5):
            self.seen.append((n_chunks(self.store), resident_mb()))


def memory_plan() -> Any:
    """Four types × 125 gaps of the small organization."""
    gaps = tuple(8.0 + 0.1 * gap for gap in range(POINTS // 4))
    factors = {"relationship": ("undefined", "defined", "aligned", "integrated"), "market.gap_days": gaps}
    grid = load_plan("grid")
    return plan_with(grid, name="memory", scenario="small", factors=factors, replications=REPLICATIONS)


@contextmanager
def kernel_seconds() -> Iterator[list[float]]:
    """Collect the processor seconds of a sweep's bare runs: each run and its outcomes, in a world that is there.

    Measured within the same sweep, since two runs after each other differ by a tenth on a busy machine.
    """
    seconds: list[float] = []
    run, measure = work.simulate_here, work.outcomes_of

    def timed(function: Any, *given: Any) -> Any:
        start = time.thread_time()
        result = function(*given)
        seconds.append(time.thread_time() - start)
        return result

    work.simulate_here = lambda plan, seed: timed(run, plan, seed)
    work.outcomes_of = lambda world: timed(measure, world)
    try:
        yield seconds
    finally:
        work.simulate_here, work.outcomes_of = run, measure


def overhead(plan: Any, pieces: int, folder: Path) -> list[float]:
    """Processor seconds of a sweep over those of its bare runs, from the plan to the loaded study, piece by piece."""
    types, gaps = plan.factors["relationship"], plan.factors["market.gap_days"]
    ratios = []
    for piece in range(pieces):
        some = tuple(gaps[piece * 5 : piece * 5 + 5])
        of_piece = plan_with(plan, factors={"relationship": types, "market.gap_days": some})
        before = time.process_time()
        with kernel_seconds() as seconds:
            experiment(of_piece, store=folder / f"piece{piece}", workers=1, quiet=True)
        ratios.append((time.process_time() - before) / sum(seconds))
    return ratios


def measure_memory(pieces: int, sweep: bool) -> None:
    """Print memory over a sweep of 100,000 runs, the sweep's overhead, and what DuckDB and pandas read of it."""
    plan = memory_plan()
    with tempfile.TemporaryDirectory() as name:
        few = plan_with(plan, factors={"relationship": ("aligned",)}, replications=2)
        experiment(few, store=Path(name) / "warm", quiet=True)  # compiles and imports
        ratios = sorted(overhead(plan, pieces, Path(name)))
        middle = ratios[len(ratios) // 2]
        print(f"| processor time over the bare runs, median of {pieces} pieces | {100 * (middle - 1):+.1f} % |")
        print(
            f"| lowest and highest piece | {100 * (ratios[0] - 1):+.1f} %, {100 * (ratios[-1] - 1):+.1f} % |",
            flush=True,
        )
        if not sweep:
            return
        store = Path(name) / "store"
        watch = Watch(store)
        watch.start()
        wall, cpu = time.monotonic(), time.process_time()
        with kernel_seconds() as seconds:
            study = experiment(plan, store=store, quiet=True)
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        watch.over.set()
        warm = [memory for chunks, memory in watch.seen if chunks >= n_chunks(store) / 10]
        print(f"| processor time of the whole sweep over its bare runs | {100 * (cpu / sum(seconds) - 1):+.1f} % |")
        print(f"| runs; seconds of clock and of processor | {study.status.done}; {wall:.0f} and {cpu:.0f} |")
        memory = f"{min(warm):.0f}, {max(warm):.0f}, {warm[-1]:.0f}"
        print(f"| resident memory after a tenth, MB: lowest, highest, last | {memory} |")
        read_back(study, Path(name) / "export")


def read_back(study: Any, folder: Path) -> None:
    """Read an export with DuckDB and pandas."""
    import duckdb
    import pandas as pd

    study.export(folder, "parquet")
    path = folder / "runs.parquet"
    ((n, mean),) = duckdb.sql(f"SELECT count(*), avg(profit) FROM '{path}'").fetchall()
    frame = pd.read_parquet(path)
    if len(frame) != n or len(frame.columns) != 6 + len(OUTCOMES) or abs(frame["profit"].mean() / mean - 1) > 1e-12:
        raise ValueError("DuckDB and pandas do not read the same")
    print(f"| export: rows in DuckDB, in pandas; MB | {n}, {len(frame)}; {path.stat().st_size / 1e6:.0f} |")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=0, help="kills for each way of working")
    parser.add_argument("--gaps", type=int, default=50, help="size of the study that is killed: 400 runs for each")
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--pieces", type=int, default=7, help="pieces of 4000 runs by which overhead is measured")
    parser.add_argument("--overhead-only", action="store_true", help="with --memory: not the 100,000 runs")
    given = parser.parse_args()
    if given.kills:
        print("| way of working | kills of live work | half-written files left | export equal |\n|---|---|---|---|")
        for way, done, half, equal in measure_kills(given.kills, given.gaps, given.ways):
            print(f"| {way} | {done} | {half} | {'yes' if equal else 'NO'} |", flush=True)
    if given.memory:
        measure_memory(given.pieces, not given.overhead_only)


if __name__ == "__main__":
    main()
