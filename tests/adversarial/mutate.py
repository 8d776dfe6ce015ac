"""How many small faults in behaviours and analysis the tests notice.

    python -m tests.adversarial.mutate --mutants 300 --out build/mutants.json

Behaviours are tried in plain Python with the compiler off; analysis is plain Python, and its tests have the compiler.

A random sample of all mutants (`tests.adversarial.mutants`) is put in, one at a time. Behaviours are held against small
worlds first: whether any byte of what these leave behind differs. Then the tests that run the function are run until
one fails. Both scores are told, with Wilson's interval. A call that was stopped goes on where it was.

Left out are what draws pictures, and what makes compilers and pointers work: with the compiler off it does not run.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import gc
import hashlib
import itertools
import json
import linecache
import os
import signal
import subprocess
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.domain.blueprint import Blueprint
from sim.engine.run import simulate
from tests.adversarial.mutants import (
    ANALYSIS,
    BEHAVIOURS,
    PACKAGES,
    ROOT,
    Mutant,
    code_of,
    files,
    functions_of,
    mutants_of,
    mutated,
    sample_of,
)
from tests.adversarial.worlds import drawn, left_by, stored
from tests.blueprints import build
from tests.golden.analyses import CASES, moved

#: What a test that may run a function of a package speaks of, and what one speaks of that runs it in another process,
#: or in plain Python too slowly to be run for each mutant.
WORDS = {
    BEHAVIOURS: ("sim.behaviours", "sim.engine", "tests.blueprints"),
    ANALYSIS: ("sim.analysis", "sim.explain", "sim.report", "sim.decide"),
}
ELSEWHERE = {
    BEHAVIOURS: ("NUMBA", "subprocess", "sim.decide", "sim.calibrate", "sim.report", "sim.explain", "sim.cli"),
    ANALYSIS: ("NUMBA", "playwright"),
}
#: Hundreds of whole years, which in plain Python take minutes; what they see the invariants see as well.
SLOW_IN_PYTHON = (
    "test_identities.py",
    "test_seed_claims.py",
    "test_scenario.py",
    "test_timeline.py",
    "test_run_tables.py",
)
#: Longest test that is used (s), longest time for all tests of a mutant, and so much longer than usual is a hang.
LONGEST_TEST, LONGEST_TESTS, PATIENCE = 3.0, 20.0, 3.0
#: Worlds of the stored ones that a mutant is held against in plain Python, the first, which say most.
N_WORLDS = 36
#: Longest time for all stored analyses, which usually take three seconds.
MOST_SECONDS = 30.0
LEVEL_Z = 1.959964
Tests = dict[str, list[tuple[str, float]]]


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
        start = sum(os.times()[:4])
        try:
            with stopped_after(2 * LONGEST_TEST):
                yield
        finally:
            sys.setprofile(None)
        seconds = sum(os.times()[:4]) - start  # with those of processes that it started
        names = {f"{code.co_filename}:{outermost(code)}" for code in seen if code.co_filename.startswith(self._prefix)}
        self.ran[item.nodeid] = (seconds, sorted(name.removeprefix(f"{ROOT}{os.sep}") for name in names))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note what does not pass with the compiler off, or is skipped: it is not used."""
        if report.outcome != "passed":
            self.failed.add(report.nodeid)


def outermost(code: types.CodeType) -> str:
    """Qualified name of the outermost function that a piece of code lies in."""
    return code.co_qualname.split(".<locals>")[0]


class TooLong(BaseException):
    """A test takes longer than it may; no `Exception`, so that nothing catches it and looks for a simpler case."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise `TooLong` when so much time of the processor is over, as others may be at work on the machine.

    What waits is stopped by the clock on the wall, after ten times that; and again each time, should it be held up.
    """

    def over(_signal: int, _frame: Any) -> None:
        raise TooLong

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, 10.0 * seconds))
    for timer, at, limit in timers:
        signal.signal(at, over)
        signal.setitimer(timer, limit, limit)
    try:
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0.0)


#: What pytest is told: the fast tests, without a word.
QUIET = ["-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:warnings", "--no-header", "--tb=no", "-x"]


def files_of_tests(package: str) -> list[str]:
    """Fast tests that may run a function of a package in this process."""
    found = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        is_ours = any(word in text for word in WORDS[package]) and not any(word in text for word in ELSEWHERE[package])
        is_fast = package != BEHAVIOURS or not file.name.endswith(SLOW_IN_PYTHON)
        if is_ours and is_fast and file.parent.name in ("unit", "property"):
            found.append(str(file.relative_to(ROOT)))
    return found


def watched(out: Path, package: str) -> Tests:
    """Tests by function, those that run the fewest functions first; kept beside the result until a test changes."""
    kept = out.with_suffix(f".{Path(package).name}.tests.json")
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    digests = {file: hashlib.sha256((ROOT / file).read_bytes()).hexdigest() for file in files_of_tests(package)}
    changed = [file for file in digests if known.get(file, {}).get("digest") != digests[file]]
    if changed:
        watch = Watch()
        with muted():
            pytest.main([*QUIET[:-1], *changed], plugins=[watch])
        known |= {file: {"digest": digests[file], "tests": {}} for file in changed}
        for name, ran in watch.ran.items():
            if name not in watch.failed and ran[0] <= LONGEST_TEST:
                known[name.split("::")[0]]["tests"][name] = ran
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known), encoding="utf-8")
    by_function: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
    for file in digests:
        for test, (seconds, functions) in known[file]["tests"].items():
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
    tree = mutated(source, mutant)
    before, after = (dict(functions_of(each))[mutant.function].args for each in (ast.parse(source), tree))
    new = code_of(compile(tree, str(file), "exec"), mutant.function)
    of_file = [
        each
        for each in gc.get_objects()
        if isinstance(each, types.FunctionType) and each.__code__.co_filename == str(file)
    ]
    held = [each for each in of_file if each.__code__.co_qualname == mutant.function]
    for function in held:
        function.__code__ = new
        _put_in_defaults(function, before, after)
    made = {(code.co_qualname, code.co_firstlineno, code.co_freevars): code for code in _within(new)}
    for function in of_file:  # what the function has made before and somebody still holds
        code = function.__code__
        function.__code__ = made.get((code.co_qualname, code.co_firstlineno, code.co_freevars), code)
    return len(held)


def _within(code: types.CodeType) -> Iterator[types.CodeType]:
    """Functions within a function."""
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _within(each)


def _put_in_defaults(function: types.FunctionType, before: ast.arguments, after: ast.arguments) -> None:
    """Exchange the defaults of arguments that differ: they are held beside the code."""
    defaults = list(function.__defaults__ or ())
    for at, (old, new) in enumerate(zip(before.defaults, after.defaults, strict=True)):
        if ast.dump(old) != ast.dump(new):
            defaults[at] = eval(ast.unparse(new), function.__globals__)
    function.__defaults__ = tuple(defaults) or None
    for name, old_or_none, new_or_none in zip(after.kwonlyargs, before.kw_defaults, after.kw_defaults, strict=True):
        if old_or_none and new_or_none and ast.dump(old_or_none) != ast.dump(new_or_none):
            own = {name.arg: eval(ast.unparse(new_or_none), function.__globals__)}
            function.__kwdefaults__ = (function.__kwdefaults__ or {}) | own


def in_a_child(work: Callable[[], str], seconds: float) -> str:
    """What comes of some work in a forked process; "hang" where it takes too long, "crash" where it dies."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(round(20 * seconds))  # it may also sleep for ever
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
    return first.failed or ("" if code in {0, 5} else f"pytest ended with {int(code)}")  # 5: there were no examples


Worlds = list[tuple[int, Blueprint, str, float]]


def worlds() -> Worlds:
    """The small worlds, those that say most first: number, organization, what it leaves behind, seconds."""
    usual = []
    for number in list(stored())[:N_WORLDS]:
        begun = time.process_time()
        if (plan := drawn(number)) is not None:
            usual.append((number, plan, left_by(number, plan), time.process_time() - begun))
    return usual


def held_against(mutant: Mutant, usual: Worlds) -> dict[str, Any]:
    """Whether a small world of a mutant leaves anything else behind, or takes far too long."""

    def differs(number: int, plan: Blueprint, left: str, seconds: float) -> bool:
        signal.setitimer(signal.ITIMER_PROF, PATIENCE * seconds + 5.0)
        return left_by(number, plan) != left

    def compared() -> str:
        put_in(mutant)
        return "yes" if any(differs(*each) for each in usual) else "no"

    return {"differs": in_a_child(compared, PATIENCE * sum(seconds for *_, seconds in usual) + 10.0) != "no"}


def held_against_stored(mutant: Mutant) -> dict[str, Any]:
    """Whether a stored analysis says anything else with a mutant, or takes far too long."""

    def compared() -> str:
        put_in(mutant)
        try:
            return "yes" if any(map(moved, CASES)) else "no"
        except Exception as error:
            return type(error).__name__

    return {"differs": in_a_child(compared, MOST_SECONDS) != "no"}


def tried(mutant: Mutant, tests: Tests) -> dict[str, Any]:
    """What the tests make of a mutant."""
    chosen = [mutant.file]  # its examples
    total = 0.0
    for test, seconds in tests.get(f"{mutant.file}:{mutant.function}", []):
        if total + seconds <= LONGEST_TESTS:
            chosen.append(test)
            total += seconds
    by = in_a_child(lambda: noticed(mutant, chosen) or "none", PATIENCE * total + 10.0)
    return {"tests": len(chosen), "noticed_by": "" if by == "none" else by}


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
    """Share of mutants that were noticed: by tests alone, and with the bytes of small worlds.

    Each is counted to the first mutant of the sample that was not tried: so far it is a random sample as well.
    """
    known = equivalents()
    rows = [row for row in rows if row.get("noticed_by") != "not found"]
    found: dict[str, Any] = {"mutants": len(rows), "equivalent": sum(name_of(row) in known for row in rows)}
    for name in ("", *PACKAGES):
        part = [row for row in rows if row["file"].startswith(name)]
        found[name or "all"] = {
            "by_tests": _share(part, known, lambda row: bool(row["noticed_by"]) if "noticed_by" in row else None),
            "with_bytes": _share(part, known, _is_noticed),
        }
    survivors = [row for row in rows if _is_noticed(row) is False and name_of(row) not in known]
    return found | {"survived_by_kind": Counter(row["kind"] for row in survivors), "survivors": survivors}


def _is_noticed(row: dict[str, Any]) -> bool | None:
    """Whether tests or bytes notice a mutant; none where that is not known yet."""
    if row.get("differs") or row.get("noticed_by"):
        return True
    return False if "noticed_by" in row else None


def _share(
    rows: list[dict[str, Any]], known: dict[str, str], is_noticed: Callable[[dict[str, Any]], bool | None]
) -> dict[str, Any]:
    first = list(itertools.takewhile(lambda row: is_noticed(row) is not None, rows))
    counted = [row for row in first if name_of(row) not in known]
    n, k = len(counted), sum(bool(is_noticed(row)) for row in counted)
    return {"tried": len(first), "n": n, "noticed": k} | ({"share": k / n, "interval": wilson(k, n)} if n else {})


def name_of(row: dict[str, Any]) -> str:
    """By which a mutant is known: what it is and its line of source, not its place, which other changes move."""
    line = linecache.getline(str(ROOT / row["file"]), row["line"]).strip()
    return f"{row['file']}:{row['function']}: {row['before']} → {row['after']} in: {line}"


def rows_in(lines: Path, sample: list[Mutant]) -> list[dict[str, Any]]:
    """The mutants of a sample in its order, each with what is known of it so far."""
    rows = {mutant.name: dict(vars(mutant)) for mutant in sample}
    for line in lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []:
        said = json.loads(line)
        if said["name"] in rows:
            rows[said["name"]] |= said
    return list(rows.values())


def work(package: str, sample: list[Mutant], out: Path, end: float) -> None:
    """Try the mutants of a package that have not been tried, until the end (s since 1970); a line of JSON for each.

    Small worlds come first, then the tests for what they leave the same, then for all others: should it end early,
    the score with bytes is complete first.
    """
    lines = out.with_suffix(".jsonl")

    def of_ours() -> Iterator[tuple[Mutant, dict[str, Any]]]:
        known = {row["name"]: row for row in rows_in(lines, sample) if "name" in row}
        return ((each, known.get(each.name, {})) for each in sample if each.file.startswith(package))

    def note(mutant: Mutant, work: Callable[[], dict[str, Any]]) -> None:
        if time.time() > end:
            return
        start = time.perf_counter()
        said = {"name": mutant.name} | work()
        with lines.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(said | {"seconds": round(time.perf_counter() - start, 1)}) + "\n")

    unseen = [mutant for mutant, row in of_ours() if "differs" not in row]
    if unseen:
        usual = worlds() if package == BEHAVIOURS else []
        against = functools.partial(held_against, usual=usual) if usual else held_against_stored
        if package == ANALYSIS and any(map(moved, CASES)):
            raise SystemExit("The stored analyses have moved: renew them first.")
        for mutant in unseen:
            note(mutant, functools.partial(against, mutant))
    untried = [(mutant, row) for mutant, row in of_ours() if "noticed_by" not in row]
    if untried:
        tests = watched(out, package)
        with muted():
            pytest.main([*QUIET, "--collect-only", *files_of_tests(package)])
        simulate(build(), 1)  # compiled code is loaded once, not in every child
        for mutant, _ in sorted(untried, key=lambda each: bool(each[1].get("differs"))):
            note(mutant, functools.partial(tried, mutant, tests))


def main() -> int:
    """Try the sample, each package in a process of its own, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--package", choices=PACKAGES, help="only those of the sample that are in this one")
    parser.add_argument("--minutes", type=float, default=600.0, help="end after that, between two mutants")
    parser.add_argument("--again", action="store_true", help="try those again that survived")
    parser.add_argument("--out", type=Path, default=Path("build/mutants.json"))
    parser.add_argument("--work", type=float, metavar="END", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    os.chdir(ROOT)
    sample = sample_of(mutants_of(ROOT, files(PACKAGES)), asked.mutants, asked.seed)
    if asked.work:
        work(asked.package, sample, asked.out, asked.work)
        return 0
    lines, end = asked.out.with_suffix(".jsonl"), time.time() + 60.0 * asked.minutes
    packages = (asked.package,) if asked.package else PACKAGES
    if asked.again:
        rows = [row for row in rows_in(lines, sample) if "name" in row]
        for row in rows:
            if not row.get("noticed_by") and row["file"].startswith(packages):
                row.pop("noticed_by", None)
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    same = ["--mutants", str(asked.mutants), "--seed", str(asked.seed), "--out", str(asked.out), "--work", str(end)]
    for package in packages:  # the compiler reads whether it is off once, when it is imported
        own = os.environ | {"NUMBA_DISABLE_JIT": str(int(package == BEHAVIOURS)), "SMARKETING_EXAMPLES": "4"}
        words = [sys.executable, "-m", "tests.adversarial.mutate", "--package", package, *same]
        subprocess.run(words, env=own, check=True)
    found = score(rows_in(lines, sample))
    asked.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in found.items() if name != "survivors"}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
