"""How many small faults in behaviours and analysis the tests notice, in plain Python with the compiler off.

    python -m tests.adversarial.mutate --mutants 300 --out build/mutants.json

A random sample of all mutants (`tests.adversarial.mutants`) is put in, one at a time, and the tests that run the
function are run until one fails. What no test notices is held against small worlds as well: whether any byte of what
they leave behind differs. Both scores are told, with Wilson's interval. A call that was stopped goes on where it was.

Left out are what draws pictures, and what makes compilers and pointers work: with the compiler off it does not run.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import signal
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.adversarial.mutants import Mutant, mutants_of, mutated, sample_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("sim/behaviours", "sim/analysis")
#: What a test that may run a function of a package speaks of.
WORDS = {PACKAGES[0]: ("sim.behaviours", "sim.engine", "tests.blueprints"), PACKAGES[1]: ("sim.analysis",)}
#: Neither behaviour nor analysis: compiler, pointers; and what draws.
LEFT_OUT = ("kernel.py", "pipeline.py", "pointer.py", "figures.py", "_figures.py", "forest.py", "waterfall.py")
#: Longest test that is used (s), longest time for all tests of a mutant, and so much longer than usual is a hang.
LONGEST_TEST, LONGEST_TESTS, PATIENCE = 3.0, 30.0, 5.0
N_WORLDS, MOST_PEOPLE, MOST_DAYS = 4, 6, 20
LEVEL_Z = 1.959964
Tests = dict[str, list[tuple[str, float]]]


def files(packages: tuple[str, ...]) -> list[Path]:
    """Files whose functions are mutated."""
    every = [file for package in packages for file in sorted((ROOT / package).glob("*.py"))]
    return [file for file in every if not file.name.endswith(LEFT_OUT)]


# --- Which tests run which functions ----------------------------------------------------------------------------------


class Watch:
    """A pytest plugin: functions that each test runs, with its seconds; a test that takes too long is stopped."""

    def __init__(self) -> None:
        self.ran: dict[str, tuple[float, list[str]]] = {}
        self.failed: set[str] = set()
        self._prefix = tuple(str(ROOT / package) + os.sep for package in PACKAGES)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Watch set-up and call together: fixtures of a module run what its first test needs."""
        seen: set[Any] = set()
        sys.setprofile(lambda frame, event, _: seen.add(frame.f_code) if event == "call" else None)
        start = time.process_time()
        try:
            with stopped_after(2 * LONGEST_TEST):
                yield
        finally:
            sys.setprofile(None)
        seconds = time.process_time() - start
        names = {f"{code.co_filename}:{outermost(code)}" for code in seen if code.co_filename.startswith(self._prefix)}
        self.ran[item.nodeid] = (seconds, sorted(name.removeprefix(f"{ROOT}{os.sep}") for name in names))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note what does not pass with the compiler off, or is skipped: it is not used."""
        if report.outcome != "passed":
            self.failed.add(report.nodeid)


def outermost(code: types.CodeType) -> str:
    """Qualified name of the outermost function that a piece of code lies in."""
    return code.co_qualname.split(".<locals>")[0]


class TooLongError(Exception):
    """A test takes longer than it may."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` when so much time of the processor is over; others may be at work on the machine."""

    def over(_signal: int, _frame: Any) -> None:
        raise TooLongError

    signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


#: What pytest is told: the fast tests, without a word.
QUIET = ["-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:warnings", "--no-header", "--tb=no", "-x"]


#: Tests of what lies above analysis, or in other processes: too slow in plain Python to be run for each mutant.
ELSEWHERE = ("NUMBA", "subprocess", "sim.decide", "sim.calibrate", "sim.report", "sim.explain", "sim.cli", "playwright")


def test_files(packages: tuple[str, ...]) -> list[str]:
    """Fast tests that may run a behaviour or an analysis in this process."""
    words = [word for package in packages for word in WORDS[package]]
    found = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        is_ours = any(word in text for word in words) and not any(word in text for word in ELSEWHERE)
        if is_ours and file.parent.name in ("unit", "property"):
            found.append(str(file.relative_to(ROOT)))
    return found


def watched(out: Path, packages: tuple[str, ...]) -> Tests:
    """Tests by function, those that run the fewest functions first; made once, kept beside the result."""
    kept = out.with_suffix(".tests.json")
    if not kept.exists():
        watch = Watch()
        with muted():
            pytest.main([*QUIET[:-1], *test_files(packages)], plugins=[watch])
        good = {name: ran for name, ran in watch.ran.items() if name not in watch.failed and ran[0] <= LONGEST_TEST}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(good), encoding="utf-8")
    by_function: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
    for test, (seconds, functions) in json.loads(kept.read_text(encoding="utf-8")).items():
        for function in functions:
            by_function[function].append((len(functions), test, seconds))
    return {function: [(test, s) for _, test, s in sorted(tests)] for function, tests in by_function.items()}


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Nothing is printed, not even by what writes past Python."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)


# --- One mutant -------------------------------------------------------------------------------------------------------


def put_in(mutant: Mutant) -> int:
    """Exchange the code of a mutant's function wherever it is held; how many were found."""
    file = ROOT / mutant.file
    source = file.read_text(encoding="utf-8")
    new = _code_of(compile(mutated(source, mutant), str(file), "exec"), mutant.function)
    held = [
        each
        for each in gc.get_objects()
        if isinstance(each, types.FunctionType)
        and each.__code__.co_filename == str(file)
        and each.__code__.co_qualname == mutant.function
    ]
    for function in held:
        function.__code__ = new
    return len(held)


def _code_of(code: types.CodeType, qualified: str) -> types.CodeType:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            if each.co_qualname == qualified:
                return each
            with contextlib.suppress(LookupError):
                return _code_of(each, qualified)
    raise LookupError(qualified)


def in_a_child(work: Callable[[], str], seconds: float) -> str:
    """What comes of some work in a forked process; "hang" where it takes too long, "crash" where it dies."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(max(1, round(5 * seconds)))  # it may also sleep for ever
        try:
            os.write(writing, work().encode()[:2000])
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as stream:
        said = stream.read()
    return "hang" if -os.waitstatus_to_exitcode(status) in {signal.SIGPROF, signal.SIGALRM} else said or "crash"


class First:
    """A pytest plugin: the first test that fails."""

    failed = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note it."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def noticed(mutant: Mutant, tests: list[str]) -> str:
    """The first test that fails with a mutant; empty where none does."""
    if not put_in(mutant):
        return "not found"
    first = First()
    with muted():
        code = pytest.main([*QUIET, *tests], plugins=[first])
    return first.failed or ("" if code == 0 else f"pytest ended with {int(code)}")


def worlds() -> str:
    """Digests of what small worlds leave behind, of many firms and lucks."""
    from sim.contract.left_behind import digests
    from sim.engine.run import simulate
    from tests.blueprints import random_blueprint

    luck = np.random.default_rng(9)
    plans = [random_blueprint(luck, MOST_PEOPLE, MOST_DAYS) for _ in range(N_WORLDS)]
    return json.dumps([digests(simulate(plan, seed)) for seed, plan in enumerate(plans)])


def world_of(mutant: Mutant) -> str:
    """Digests of the small worlds with a mutant; a run that fails has others."""
    put_in(mutant)
    try:
        return worlds()
    except Exception as error:
        return type(error).__name__


def tried(mutant: Mutant, tests: Tests, usual: tuple[str, float]) -> dict[str, Any]:
    """What became of a mutant, with its seconds."""
    start = time.perf_counter()
    chosen: list[str] = []
    total = 0.0
    for test, seconds in tests.get(f"{mutant.file}:{mutant.function}", []):
        if total + seconds <= LONGEST_TESTS:
            chosen.append(test)
            total += seconds
    by = in_a_child(lambda: noticed(mutant, chosen) or "none", PATIENCE * total + 10.0) if chosen else "none"
    found = {**vars(mutant), "tests": len(chosen), "noticed_by": "" if by == "none" else by, "differs": None}
    if by == "none" and mutant.file.startswith(PACKAGES[0]):
        digests, seconds = usual
        made = in_a_child(lambda: world_of(mutant), PATIENCE * seconds + 10.0)
        found["differs"] = made != digests
    return found | {"seconds": round(time.perf_counter() - start, 1)}


# --- The score --------------------------------------------------------------------------------------------------------


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson's interval of a share at 95 %.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(90, 100)]
    [0.826, 0.945]
    """
    share, z = k / n, LEVEL_Z
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return middle - half, middle + half


def equivalents() -> dict[str, str]:
    """Mutants that change nothing that anybody could see, each with the reason, looked at by hand."""
    file = Path(__file__).with_name("equivalent_mutants.json")
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def score(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Share of mutants that were noticed, by tests alone and with the bytes of small worlds."""
    known = equivalents()
    counted = [row for row in rows if name_of(row) not in known and row["noticed_by"] != "not found"]
    found: dict[str, Any] = {"mutants": len(rows), "equivalent": sum(name_of(row) in known for row in rows)}
    for name, part in (("all", counted), *((package, _in(counted, package)) for package in PACKAGES)):
        by_tests = sum(bool(row["noticed_by"]) for row in part)
        with_bytes = sum(bool(row["noticed_by"] or row["differs"]) for row in part)
        found[name] = {"n": len(part), "by_tests": by_tests, "with_bytes": with_bytes}
        if part:
            found[name] |= {"by_tests_interval": wilson(by_tests, len(part))}
            found[name] |= {"with_bytes_interval": wilson(with_bytes, len(part))}
    survivors = [row for row in counted if not row["noticed_by"]]
    return found | {"survived_by_kind": Counter(row["kind"] for row in survivors), "survivors": survivors}


def _in(rows: list[dict[str, Any]], package: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["file"].startswith(package)]


def name_of(row: dict[str, Any]) -> str:
    """By which a mutant is known: what it is, not its place, which other changes of a function move."""
    return f"{row['file']}:{row['function']}: {row['before']} → {row['after']}"


def main() -> int:
    """Try the sample and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--package", choices=PACKAGES, help="only this one; by default both")
    parser.add_argument("--minutes", type=float, default=600.0, help="end after that, between two mutants")
    parser.add_argument("--again", action="store_true", help="try those again that survived")
    parser.add_argument("--out", type=Path, default=Path("build/mutants.json"))
    asked = parser.parse_args()
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":  # the compiler reads it once, when it is imported
        plain = os.environ | {"NUMBA_DISABLE_JIT": "1", "SMARKETING_EXAMPLES": "4"}
        os.execve(sys.executable, [sys.executable, "-m", "tests.adversarial.mutate", *sys.argv[1:]], plain)
    os.chdir(ROOT)
    end = time.monotonic() + 60.0 * asked.minutes
    packages = (asked.package,) if asked.package else PACKAGES
    tests = watched(asked.out, packages)
    sample = sample_of(mutants_of(ROOT, files(packages)), asked.mutants, asked.seed)
    lines = asked.out.with_suffix(".jsonl")
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()] if lines.exists() else []
    if asked.again:
        rows = [row for row in rows if row["noticed_by"]]
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = {(row["file"], row["function"], row["place"]) for row in rows}
    begun = time.process_time()
    usual = (worlds(), time.process_time() - begun)
    with muted():
        pytest.main([*QUIET, "--collect-only", *test_files(packages)])
    for mutant in sample:
        if (mutant.file, mutant.function, mutant.place) in done or time.monotonic() > end:
            continue
        rows.append(tried(mutant, tests, usual))
        with lines.open("a", encoding="utf-8") as out:
            out.write(json.dumps(rows[-1]) + "\n")
    found = score(rows)
    asked.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in found.items() if name != "survivors"}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
