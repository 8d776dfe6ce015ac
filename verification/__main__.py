"""Run the checks: `python -m verification [--quick] [--only WORD] [--docs]`; see `--help`."""

from __future__ import annotations

import argparse
import pickle
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from verification import battery, catalogue, report
from verification.checks import CHECKS, Check, Effort, Finding
from verification.versions import digest_of_sources

Found = dict[str, tuple[Finding, float]]


def chosen(words: Iterable[str]) -> list[Check]:
    """Checks whose name or kind holds one of the words; all without words."""
    words = list(words)
    if not words:
        return list(CHECKS.values())
    found = [one for one in CHECKS.values() if any(word in (one.kind, one.name) for word in words)]
    found = found or [one for one in CHECKS.values() if any(word in one.name for word in words)]
    if not found:
        raise battery.MissingError(f"no check is called {' or '.join(words)}; --list shows all")
    return found


def run(checks: list[Check], effort: Effort, found: Found, memory: Path | None) -> None:
    """Run what has not been found yet, telling each result; an interrupted run goes on where it was."""
    for number, one in enumerate(checks, 1):
        if one.name not in found:
            began = time.monotonic()
            finding = one.run(effort)
            found[one.name] = finding, time.monotonic() - began
            if memory:
                memory.parent.mkdir(exist_ok=True)
                memory.write_bytes(pickle.dumps(found))
        finding, seconds = found[one.name]
        sign, verdict = "≤" if finding.at_most else "≥", "passed" if finding.passed else "FAILED"
        figures = f"{finding.figure:.4g} {sign} {finding.bound:.4g}  ({finding.text}; {seconds:.1f} s)"
        print(f"{number:3}/{len(checks)} {verdict} {one.kind}/{one.name}: {figures}", flush=True)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m verification", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs: minutes; no whole battery is run")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="checks by name, part of a name, or kind")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--docs", action="store_true", help="write docs/verification.md, .json and pictures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the findings")
    parser.add_argument("--anew", action="store_true", help="run all whole batteries again (three hours of processor)")
    parser.add_argument("--lanes", type=int, default=2, help="batteries side by side")
    parser.add_argument("--kept", action="store_true", help="take batteries as they are kept, run none")
    return parser.parse_args()


def main() -> int:
    """Run, tell, write; 1 where a check failed."""
    asked = arguments()
    catalogue.load()
    checks, effort = chosen(asked.only), Effort(asked.quick)
    if asked.list:
        for one in checks:
            print(f"{one.kind:10} {one.name:28} {one.compares}")
        return 0
    is_whole = not (asked.quick or asked.kept or asked.only)
    if is_whole or asked.anew:
        battery.run_missing(asked.lanes, asked.anew)
    memory = (
        None if asked.only else battery.OWN / f"run-{digest_of_sources()}-{'quick' if asked.quick else 'full'}.pickle"
    )
    found: Found = pickle.loads(memory.read_bytes()) if memory and memory.exists() else {}
    if found:
        print(f"Going on after {len(found)} checks that were run before.")
    run(checks, effort, found, memory)
    failed = [one.name for one in checks if not found[one.name][0].passed]
    if asked.json:
        report.write_json(asked.json, checks, found)
    if asked.docs and not asked.only:
        report.write_docs(checks, found, effort)
    if memory and not failed:
        memory.unlink(missing_ok=True)
    print(f"{len(checks) - len(failed)} of {len(checks)} checks passed; false alarms in at most"
          f" {100 * sum(one.error_rate for one in checks):.1f} % of right programs.")  # fmt: skip
    if failed:
        print("FAILED: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on.", file=sys.stderr)
        code = 130
    except (battery.MissingError, ModuleNotFoundError) as problem:
        mend = "; `make verify` installs it" if isinstance(problem, ModuleNotFoundError) else ""
        print(f"{problem}{mend}", file=sys.stderr)
        code = 2
    sys.exit(code)
