"""The scorecard of the model as people read it: in a terminal, and as docs/validation.md."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from sim.report.terminal import written
from sim.validation.claims import IMPOSED, NOT_APPLICABLE, REPRODUCED, TUNED, Finding, figure
from sim.validation.scorecard import Scorecard, ScoredFact

ORIGINS = {TUNED: "tuned to", IMPOSED: "given by a formula, at least in part"}
HEAD = """# Validation

Written by `make validation` (`smarketing validate --format markdown`); do not edit. What the model does of what is
known: the stylised facts of [evidence.md](evidence.md), accounts that must balance, cases whose answer is known.

A fact is a list of *claims*: a quantity lies in a range (an ordering is a difference above or below 0).
**Reproduced**: every claim's interval lies within its range. **Not reproduced**: an interval lies outside.
**Not distinguishable**: neither. **Not applicable**: the model has nothing that could show it. Where one claim of
several is enough, the table says *any*. A fact that fails stays here, with the best explanation that there is.
"""


def scorecard_table(card: Scorecard) -> str:
    """The scorecard for a terminal: a row per fact with its telling figure, then invariants and limits."""
    facts = _table("fact", "", "statement", "telling figure", "source")
    for row in card.facts:
        facts.add_row(row.fact.id, row.status, row.fact.statement, telling(row), row.fact.source)
    rest = _table("", "", "statement", "measured")
    for kept in card.invariants:
        rest.add_row(kept.name, _held(kept.holds), kept.statement, f"off by {kept.discrepancy:.1g}")
    for met in card.limits:
        rest.add_row(met.limit.id, _held(met.holds), met.limit.statement, of_finding(met.finding))
    return written(facts, "", rest, "", summary(card))


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _held(holds: bool) -> str:
    return "holds" if holds else "BROKEN"


def summary(card: Scorecard) -> str:
    """Counts, error rates and cost in a few lines."""
    counts, about = card.counts, card.provenance
    facts = ", ".join(f"{counts[status]} {status}" for status in dict.fromkeys(row.status for row in card.facts))
    held = (
        f"{counts[f'{n} hold']} of {counts[f'{n} hold'] + counts[f'{n} broken']} {n}" for n in ("invariants", "limits")
    )
    rates = about["error_rates"]
    return (
        f"Facts: {facts}. {' and '.join(held)} hold.\n"
        f"All verdicts on facts together are wrong with a chance of at most {100 * rates['facts']:g} %; a limit that"
        f" holds is called broken with a chance of {100 * rates['each limit']:g} %.\n"
        f"{about['runs']:,} runs ({about['replications']['facts']} replications, {about['replications']['limits']} of"
        f" limits, seed {about['seed']}) in {about['timings']['seconds']:.0f} seconds."
    )


def telling(row: ScoredFact) -> str:
    """The claim that decides a fact: the first that stands in its way, or its first."""
    if not row.findings:
        return row.fact.note
    deciding = next((f for f in row.findings if f.status == row.status), row.findings[0])
    return f"{deciding.claim.quantity}: {of_finding(deciding)}"


def of_finding(finding: Finding) -> str:
    """Value, interval and what was expected."""
    unit = finding.claim.quantity.unit
    low, value, high = (figure(number, unit) for number in (finding.ci_low, finding.value, finding.ci_high))
    interval = "" if low == high else f" ({low} … {high})"
    return f"{value}{interval}, expected {finding.claim.expected}"


def scorecard_markdown(card: Scorecard) -> str:
    """The scorecard as a page: a line per fact, then every claim, then invariants and limits."""
    lines = [HEAD, summary(card).replace("\n", " "), "", "## Facts", ""]
    lines += _markdown(("fact", "verdict", "statement", "source"), [_fact_cells(row) for row in card.facts])
    notes = [f"- **{row.fact.id}**: {row.fact.note}" for row in card.facts if row.fact.note]
    lines += ["", "## What the verdicts mean", "", *notes]
    claims = [_claim_cells(row, finding) for row in card.facts for finding in row.findings]
    lines += ["", "## Claims", "", "Intervals are simultaneous over all claims of the table.", ""]
    lines += _markdown(("fact", "quantity", "expected", "estimate", "interval", "verdict"), claims)
    kept = [(row.name, _held(row.holds), row.statement, f"{row.discrepancy:.1g}") for row in card.invariants]
    lines += ["", "## Invariants", "", "On the first run of every setting.", ""]
    lines += _markdown(("account", "", "statement", "off by"), kept)
    met = [(row.limit.id, _held(row.holds), row.limit.statement, of_finding(row.finding)) for row in card.limits]
    lines += ["", "## Limits", "", *_markdown(("case", "", "statement", "measured"), met)]
    return "\n".join(lines) + "\n"


def _fact_cells(row: ScoredFact) -> tuple[str, ...]:
    origin = f" ({ORIGINS[row.fact.origin]})" if row.fact.origin in ORIGINS else ""
    n_good = sum(finding.status == REPRODUCED for finding in row.findings)
    count = "" if row.status == NOT_APPLICABLE else f", {n_good} of {len(row.findings)}"
    return (
        row.fact.id,
        f"{row.status}{count}{' (any)' if row.fact.needs == 'any' else ''}{origin}",
        row.fact.statement,
        row.fact.source,
    )


def _claim_cells(row: ScoredFact, finding: Finding) -> tuple[str, ...]:
    unit = finding.claim.quantity.unit
    value, low, high = (figure(number, unit) for number in (finding.value, finding.ci_low, finding.ci_high))
    return row.fact.id, str(finding.claim.quantity), finding.claim.expected, value, f"{low} to {high}", finding.status


def _markdown(columns: tuple[str, ...], rows: list[Any]) -> list[str]:
    cells = [columns, tuple("---" for _ in columns), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |" for row in cells]
