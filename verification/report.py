"""What the checks found: docs/verification.md with pictures, and docs/verification.json."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

from verification.battery import KEPT, OWN, STREAMS, part_of, read_tests, result_of
from verification.checks import KINDS, Check, Effort, Finding
from verification.versions import ROOT, versions

DOCS = ROOT / "docs"
WIDTH, HEIGHT, ACROSS = 340, 220, 3

HEAD = """# Verification

Written by `make verify`; do not edit. Each check holds the program against something that is known otherwise: a law of
chance, a formula of queueing theory, another program, a truth that was put in. It has a figure, a bound, and the error
that it is there for. `docs/verification-theory.md` derives the formulas; `docs/verification.json` has the same as data.

    make verify                      # all; each whole battery of luck that is not kept yet takes half an hour
    make verify ARGS=--quick         # fewer runs: minutes
    make verify ARGS="--only queues" # one kind, or a check by its name; --list shows all
    make verify ARGS=--anew          # all batteries again, too: three hours of processor

Needs `dieharder` (Debian and Ubuntu: `apt install dieharder`). SimPy and Ciw are fetched beside the environment.

**{passed} of {all} checks passed** in {minutes}. Seeds are fixed, so a run always finds the same. How often would a
program without any error fail this report, had other seeds been chosen? At most in {family:.1f} % of cases: the error
rates of all checks add up to that (Boole). *Sees* is the smallest error that a check would find nine times in ten.

{tests}
"""

BATTERY_HEAD = "| stream | tests | passed | weak | failed | smallest p | largest p | remarkable |\n|" + "---|" * 8


def write_json(path: Path, checks: list[Check], found: dict[str, tuple[Finding, float]]) -> None:
    """Write the findings as JSON."""
    path.write_text(
        json.dumps([as_json(one, *found[one.name]) for one in checks], indent=1, ensure_ascii=False) + "\n", "utf-8"
    )


def as_json(one: Check, finding: Finding, seconds: float) -> dict[str, Any]:
    """A check and its finding."""
    return {
        "check": one.name,
        "kind": one.kind,
        "passed": finding.passed,
        "figure": _number(finding.figure),
        "rule": "at most" if finding.at_most else "at least",
        "bound": _number(finding.bound),
        "error_rate": one.error_rate,
        "compares": one.compares,
        "would_fail_if": one.would_fail_if,
        "found": finding.text,
        "sees": finding.sees,
        "seconds": round(seconds, 1),
    }


def _number(value: float) -> float | None:
    """Six digits; nothing for what is no finite number."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def write_docs(checks: list[Check], found: dict[str, tuple[Finding, float]], effort: Effort) -> None:
    """Write page, data and pictures."""
    content = [as_json(one, *found[one.name]) for one in checks]
    data = {"versions": versions(), "is_quick": effort.is_quick}
    write_json(DOCS / "verification.json", checks, found)
    parts = [_head(content, data)]
    for kind, what in KINDS.items():
        of_kind = [one for one in checks if one.kind == kind]
        if of_kind:
            parts.append(f"## {kind.capitalize()}\n{what}.\n\n{_table(of_kind, found)}\n")
            picture = draw(kind, of_kind, found)
            if picture:
                parts.append(f"![{what}: measured as bars, expected as dots](images/{picture})\n")
        if kind == "luck":
            parts.append(battery_part())
    parts.append(_left_out())
    (DOCS / "verification.md").write_text("\n".join(parts), encoding="utf-8")


def _head(content: list[dict[str, Any]], data: dict[str, Any]) -> str:
    passed = sum(one["passed"] for one in content)
    minutes = f"{sum(one['seconds'] for one in content) / 60:.0f} minutes"
    told = ", ".join(f"{name} {value}" for name, value in data["versions"].items())
    how = "This report is of a **quick** run." if data["is_quick"] else "This report is of a full run."
    family = 100.0 * sum(one["error_rate"] for one in content)
    tests = f"{how} Made with {told}."
    return HEAD.format(passed=passed, all=len(content), minutes=minutes, family=family, tests=tests)


def _table(checks: list[Check], found: dict[str, tuple[Finding, float]]) -> str:
    lines = ["| check | what is compared | figure | found | sees | false alarms | would fail if |", "|" + "---|" * 7]
    for one in checks:
        finding, _ = found[one.name]
        mark = "" if finding.passed else " **failed**"
        figure = f"{finding.figure:.3g} {'≤' if finding.at_most else '≥'} {finding.bound:.3g}{mark}"
        rate = f"{100 * one.error_rate:g} %" if one.error_rate else "none"
        cells = [f"`{one.name}`", one.compares, figure, finding.text, finding.sees or "–", rate, one.would_fail_if]
        lines.append("| " + " | ".join(cell.replace("|", "∣") for cell in cells) + " |")
    return "\n".join(lines)


def battery_part() -> str:
    """The table of whole batteries and the rule by which they are judged."""
    from verification import battery

    assert battery.__doc__ is not None
    rule = battery.__doc__.split("\n\n", 2)[1].replace("\n", " ")
    rows = [BATTERY_HEAD]
    for mixer, pattern in STREAMS:
        path = result_of(mixer, pattern) or part_of(mixer, pattern)
        if path is None:
            rows.append(f"| {mixer} {pattern} | not run yet | | | | | | |")
            continue
        tests = read_tests(path.read_text("utf-8"))
        verdicts = [test.verdict for test in tests]
        told = "; ".join(f"{test.name} {test.parameter}: {test.p:.4f}" for test in tests if test.verdict != "PASSED")
        n = str(len(tests)) if path.suffix == ".txt" else f"{len(tests)} of 114, not whole"
        counts = " | ".join(str(verdicts.count(verdict)) for verdict in ("PASSED", "WEAK", "FAILED"))
        ends = " | ".join(f"{end(test.p for test in tests):.5f}" for end in (min, max))
        rows.append(f"| {mixer} {pattern} | {n} | {counts} | {ends} | {told} |")
    where = (
        f"Outputs lie in `{KEPT.relative_to(ROOT)}`, those of a checkout in `{OWN.name}`, by a digest of the stream."
    )
    commands = "One by hand: `python -m verification.streams splitmix seed | dieharder -g 200 -a`."
    return f"### Whole batteries\n{rule}\n\n" + "\n".join(rows) + f"\n\n{where} {commands}\n"


def _left_out() -> str:
    return """## Not checked here
- **Diffusion (Bass).** The model has none: a finite market and word of mouth are left out on purpose (docs/odd.md), so
  it has no Bass limit.
- **The real world.** That the program does what its description says is one thing; whether the description is right is
  told by docs/evidence.md and docs/validation.md.
"""


def draw(kind: str, checks: list[Check], found: dict[str, tuple[Finding, float]]) -> str | None:
    """Draw the pictures of a kind into one SVG; returns its name, or None where there is nothing to draw."""
    from sim.analysis.figures import blank, house_style, place
    from sim.analysis.panels import DARK, LIGHT, SIGNAL

    drawn = [(one, picture) for one in checks if (picture := found[one.name][0].picture)]
    if not drawn:
        return None
    down = -(-len(drawn) // ACROSS)
    with house_style():
        figure = blank(ACROSS * WIDTH, down * HEIGHT + 10)
        for number, (one, picture) in enumerate(drawn):
            left, top = number % ACROSS * WIDTH + 50, number // ACROSS * HEIGHT + 34
            axes = place(figure, left, top, WIDTH - 70, HEIGHT - 92)
            xs = list(picture.x)
            step = (xs[-1] - xs[0]) / max(1, len(xs) - 1)
            axes.bar(xs, list(picture.measured), width=0.8 * step, color=LIGHT)
            axes.plot(
                xs, list(picture.expected), "o", color=DARK if found[one.name][0].passed else SIGNAL, markersize=3.5
            )
            axes.set_title(one.name, fontsize=11.5, loc="left")
            axes.set_xlabel(picture.x_label, fontsize=10.5)
            axes.set_ylabel(picture.y_label, fontsize=10.5)
            axes.set_ylim(bottom=0.0)
            axes.tick_params(labelsize=9.5)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    (DOCS / "images").mkdir(exist_ok=True)
    name = f"verification-{kind}.svg"
    (DOCS / "images" / name).write_text(text.getvalue(), encoding="utf-8")
    return name
