"""Puts spoilt inputs in at every door of the product, and holds what comes of each to what is promised.

An input is either refused with an `InputError` that names field, rule, value and mend, or it works. Anything else is a
fault: another exception, more than 10 seconds, more than 1 GB of memory, a message that leaves one of the four out.
Seconds are those of the processor, as others may be at work on the machine; what waits is stopped after ten times that.

    python -m tests.adversarial.fuzz --inputs 100000 --out build/fuzz.json

An input is told by seed, door and number alone, so that any of them is made again by
``--door NAME --first NUMBER --inputs 1``. A run that was stopped goes on where it was when it is given again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from sim.domain.errors import InputError

SEED = 9
LONGEST_SECONDS, MOST_BYTES = 10.0, 10**9
#: Inputs of one process: what it holds on to ends with it.
BATCH = 10_000
LONGEST_MESSAGE = 3000
#: How many of a thousand inputs each door gets: those through which most comes get most.
SHARES = {
    "scenario": 310, "plan": 80, "words": 140, "export": 35, "mapping": 30, "answers": 35, "posterior": 110,
    "store": 10, "result": 8, "link": 110, "request": 80, "class": 12, "study form": 40,
}  # fmt: skip


class TooSlow(BaseException):
    """An input takes longer than it may; no `Exception`, so that nothing catches it on its way."""


def luck_of(seed: int, door: str, number: int) -> Random:
    """The source of chance of one input."""
    return Random(f"{seed}:{door}:{number}")


def fault_of_message(error: InputError) -> str:
    """What a refusal leaves out; nothing where it names field, rule, value and mend.

    Examples
    --------
    >>> fault_of_message(InputError("people.reps", "must be 1 or more", 0, "Give at least one."))
    ''
    """
    text = str(error)
    if not error.rule.strip():
        return "names no rule"
    if "\n" not in text or not error.mend.strip():
        return "names no mend"
    if ", got " not in text:
        return "names no value"
    if len(text) > LONGEST_MESSAGE:
        return "is too long to be read"
    return ""


def outcome(door: str, number: int, seed: int = SEED, seconds: float = LONGEST_SECONDS) -> dict[str, Any]:
    """What came of one input: accepted, refused by a rule, or a fault; with its seconds."""
    from tests.adversarial.doors import DOORS

    start, peak = time.process_time(), most_memory()
    found: dict[str, Any] = {"door": door, "number": number}
    with tempfile.TemporaryDirectory(prefix="smarketing-fuzz-") as place, silent():
        try:
            with at_most(seconds):
                DOORS[door](luck_of(seed, door, number), Path(place))
            found |= {"came": "accepted"}
        except InputError as error:
            left_out = fault_of_message(error)
            found |= {"came": "fault" if left_out else "refused", "rule": told(error)}
            found |= {"fault": f"message {left_out}: {str(error)[:300]!r}"} if left_out else {}
        except TooSlow:
            found |= {"came": "fault", "fault": f"took more than {seconds:g} s"}
        except BaseException as error:
            found |= {"came": "fault", "fault": last_words(error)}
    found["seconds"] = round(time.process_time() - start, 3)
    found["peak"] = most_memory()
    if peak <= MOST_BYTES < found["peak"] and found["came"] != "fault":
        found |= {"came": "fault", "fault": f"the process came to {found['peak'] / 1e6:,.0f} MB"}
    return found


def most_memory() -> int:
    """The most memory that this process has had (bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def told(error: InputError) -> str:
    """A rule without the numbers and names of the one case, by which messages are counted."""
    import re

    return re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)|[\d.,]+", "…", error.rule)[:80]


def last_words(error: BaseException) -> str:
    """An exception with the last place of the product that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}sim{os.sep}" in frame.filename] or list(frames)
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno} in {ours[-1].name}" if ours else "nowhere"
    return f"{type(error).__name__} at {place}: {str(error)[:200]}"


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` when so much time of the processor is over, or ten times that on the wall."""

    def over(_signal: int, _frame: Any) -> None:
        raise TooSlow

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, 10.0 * seconds))
    before = [(at, signal.signal(at, over)) for _, at, _ in timers]
    for timer, _, limit in timers:
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0.0)
        for at, handler in before:
            signal.signal(at, handler)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Nothing of an input is printed."""
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def plan_of(inputs: int, first: int = 0) -> list[tuple[str, range]]:
    """Batches of doors and numbers, so that each door gets its share."""
    batches = []
    for door, share in SHARES.items():
        numbers = range(first, first + -(-inputs * share // sum(SHARES.values())))
        batches += [(door, numbers[at : at + BATCH]) for at in range(0, len(numbers), BATCH)]
    return batches


def work(door: str, numbers: list[int], seed: int) -> None:
    """Put in the inputs of a batch, a line of JSON for each; what is made once a process is made before the first."""
    from sim.ensemble.comparison import run
    from sim.spec.catalogue import load_scenario
    from sim.spec.edit import with_values

    run(with_values(load_scenario("micro"), [("run.days", 5)]), seed=1)
    for number in range(3):
        outcome(door, 10**9 + number, seed, 600.0)
    for number in numbers:
        print(json.dumps(outcome(door, number, seed)), flush=True)


def batch(door: str, numbers: list[int], seed: int) -> Iterator[dict[str, Any]]:
    """What came of each input of a batch, in a process of its own; one that dies or hangs is told and left out."""
    while numbers:
        n_said = 0
        words = [sys.executable, "-m", "tests.adversarial.fuzz", "--work", door, "--seed", str(seed)]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin is not None
        with process.stdin as asked:
            asked.write(json.dumps(numbers))
        for line in lines_of(process):
            n_said += 1
            yield json.loads(line)
        if n_said < len(numbers):
            how = "did not end, not even when it was told to" if process.returncode == -signal.SIGKILL else "died"
            fault = f"the process {how} (code {process.returncode})"
            yield {"door": door, "number": numbers[n_said], "came": "fault", "fault": fault, "seconds": 60.0, "peak": 0}
        numbers = numbers[n_said + 1 :]


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    """Lines of a process, which is killed when it has said nothing for ten minutes, as while the model is compiled."""
    import selectors

    with process, selectors.DefaultSelector() as waiting:
        assert process.stdout is not None
        waiting.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not waiting.select(timeout=600.0):
                process.kill()
                return
            line = process.stdout.readline()
            if not line:
                return
            yield line


def summary(lines: Path, seed: int) -> dict[str, Any]:
    """Figures of a run: what came of the inputs of each door, the slowest, the largest, how many messages there are."""
    every = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    doors = {}
    for door in dict.fromkeys(each["door"] for each in every):
        rows = [each for each in every if each["door"] == door]
        came = Counter(each["came"] for each in rows)
        doors[door] = {
            "inputs": len(rows), **{name: came[name] for name in ("accepted", "refused", "fault")},
            "messages": len({each["rule"] for each in rows if "rule" in each}),
            "slowest_seconds": max(each["seconds"] for each in rows),
            "largest_mb": round(max(each["peak"] for each in rows) / 1e6),
        }  # fmt: skip
    faults = [each for each in every if each["came"] == "fault"]
    rules = Counter(each["rule"] for each in every if "rule" in each)
    return {
        "seed": seed, "inputs": len(every), "faults": len(faults), "messages": len(rules), "doors": doors,
        "first_faults": faults[:50], "commonest": dict(rules.most_common(20)),
    }  # fmt: skip


def run(batches: list[tuple[str, range]], lines: Path, seed: int, again: bool = False) -> None:
    """Put in what has not been put in yet, or was a fault and is asked for again, and keep what came of it."""
    lines.parent.mkdir(parents=True, exist_ok=True)
    text = lines.read_text(encoding="utf-8") if lines.exists() else ""
    rows = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
    kept = [row for row in rows if not again or row["came"] != "fault"]
    lines.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    done = {(row["door"], row["number"]) for row in kept}
    with lines.open("a", encoding="utf-8") as out:
        for door, numbers in batches:
            start, n_faults = time.perf_counter(), 0
            left = [number for number in numbers if (door, number) not in done]
            for each in batch(door, left, seed):
                out.write(json.dumps(each) + "\n")
                n_faults += each["came"] == "fault"
            out.flush()
            if left:
                rate = len(left) / (time.perf_counter() - start)
                print(f"{door}: {numbers.stop} inputs, {n_faults} faults, {rate:,.0f} a second", file=sys.stderr)


def main() -> int:
    """Run and say what came of it; 1 where there are faults."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--door", help="only this door")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz.json"))
    parser.add_argument("--again", action="store_true", help="put those in again that were faults")
    parser.add_argument("--work", metavar="DOOR", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work, json.load(sys.stdin), asked.seed)
        return 0
    batches = plan_of(asked.inputs, asked.first)
    if asked.door:
        numbers = range(asked.first, asked.first + asked.inputs)
        batches = [(asked.door, numbers[at : at + BATCH]) for at in range(0, len(numbers), BATCH)]
    lines = asked.out.with_suffix(".jsonl")
    run(batches, lines, asked.seed, asked.again)
    found = summary(lines, asked.seed)
    asked.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({name: found[name] for name in ("inputs", "faults", "messages")}))
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
