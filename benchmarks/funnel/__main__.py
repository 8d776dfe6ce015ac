"""``python -m benchmarks.funnel``: a table of the programs, and on demand whether they agree."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.funnel.agreement import agreements, same_days, samples, smallest_p
from benchmarks.funnel.measure import Measured, measure
from benchmarks.funnel.programs import OURS, PROGRAMS, TUNED_C, C, available, code_lines
from benchmarks.funnel.size import SIZES

FEWEST_RUNS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and, where asked, write."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.rounds < 1:
        parser.error(f"--rounds: must be at least 1, got {asked.rounds}")
    if asked.agreement is not None and asked.agreement < FEWEST_RUNS:
        parser.error(f"--agreement: must be at least {FEWEST_RUNS}, to estimate a spread, got {asked.agreement}")
    for line in available()[1]:
        print(line, file=sys.stderr)
    if asked.agreement:
        _print_agreement(asked.size or ["S"], asked.agreement)
        return
    rows = measure(asked.size or ["M"], asked.rounds, asked.large)
    print_table(rows)
    if asked.json:
        asked.json.write_text(json.dumps([row._asdict() for row in rows], indent=1), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.funnel", description=__doc__)
    parser.add_argument("--size", action="append", choices=SIZES, help="may be given several times; M where not given")
    parser.add_argument("--rounds", type=int, default=15, help="runs of each program (15)")
    parser.add_argument("--large", action="store_true", help="let the slow programs run at sizes L and L+ too, once")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--agreement", type=int, metavar="N", help="instead, compare outcomes of N runs of each")
    return parser


def print_table(rows: Sequence[Measured]) -> None:
    """Print medians and ratios."""
    lines = {program.name: code_lines(program) for program in PROGRAMS}
    print(f"{'size':5}{'program':12}{'median':>13}{'× C':>9}{'× ours':>9}{'touches/s':>12}{'lines':>7}")
    for row in rows:
        to = "".join(f"{value:9.2f}" if value is not None else f"{'–':>9}" for value in (row.to_c, row.to_ours))
        speed = f"{row.touches_per_second / 1e6:10.2f} M"
        print(f"{row.size:5}{row.program:12}{1e3 * median(row.seconds):10,.2f} ms{to}{speed}{lines[row.program]:7}")


def _print_agreement(sizes: Sequence[str], n: int) -> None:
    runs, _ = available()
    for size in sizes:
        for name in (name for name in (C, TUNED_C) if name in runs):
            is_same = all(same_days(runs[OURS](SIZES[size], seed), runs[name](SIZES[size], seed)) for seed in range(n))
            verdict = "the same" if is_same else "NOT the same"
            print(f"{size}: {n} runs of {OURS} and of {name} on common luck are {verdict}")
        tests = agreements(samples(runs, SIZES[size], n))
        print(f"{'':20}" + "".join(f"{name:>24}" for name in runs) + f"{'p':>8}")
        for test in tests:
            cells = (f"{test.means[name]:,.4g} ± {test.errors[name]:,.2g}" for name in runs)
            print(f"{test.outcome:20}" + "".join(f"{cell:>24}" for cell in cells) + f"{test.p:8.3f}")
        print(f"smallest p × number of outcomes: {smallest_p(tests):.3f}\n")


if __name__ == "__main__":
    main()
