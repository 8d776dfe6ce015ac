"""Command that tells why leads fared differently in two worlds on the same luck."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    NUMBER,
    TABLE_FILE,
    Format,
    Interventions,
    Out,
    Quiet,
    Relationships,
    Seed,
    Sets,
    changes,
    check_format,
    check_out,
    interruptible,
    load,
    put,
    split,
)

if TYPE_CHECKING:
    from sim.explain.explanation import Explanation

#: As `sim.explain.explanation.LEADS`, which takes time to import.
LEADS = 100


@interruptible
def explain(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO", help="Two or more shipped scenarios or TOML files; or one."),
    ],
    relationships: Relationships = None,
    interventions: Interventions = None,
    lead: Annotated[
        int | None, typer.Option(**NUMBER, help="Tell the story of one lead, by its row in the first world.")
    ] = None,
    leads: Annotated[int, typer.Option(**NUMBER, help="Leads that fared differently to look at.")] = LEADS,
    events: Annotated[
        Path | None,
        typer.Option(
            "--events", **TABLE_FILE, help="Write what happened to each lead in all worlds, for process mining."
        ),
    ] = None,
    sets: Sets = None,
    seed: Seed = 1,
    format: Format = "table",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Tell why leads were won here and lost there: in two or more scenarios on the same luck.

    The first scenario, or with one scenario the first relationship type, is what the others are compared with.
    """
    from sim.ensemble.files import check_table_file
    from sim.ensemble.progress import progress
    from sim.explain import explanation
    from sim.report.terminal import python_scenario

    check_format(format)
    check_out(out)
    if events is not None:
        check_table_file(events, "--events")
    chosen = [load(name, sets) for name in scenarios]
    types, uses = split(relationships, "--relationships"), split(interventions, "--interventions")
    n_worlds = len(explanation.named_scenarios(chosen, types, uses))
    with progress((n_worlds - 1) * (1 if lead is not None else leads), quiet) as advance:
        told = explanation.explain(
            *chosen, seed=seed, relationships=types, interventions=uses, leads=leads, lead=lead, advance=advance
        )
    put(_formatted(told, lead is not None, format), out)
    if events is not None:
        _write_events(told, events)
    if format == "table" and not quiet:
        sources = [python_scenario(name, changes(sets)) for name in scenarios]
        wanted = f"lead={lead}" if lead is not None else f"leads={leads}"
        print(_python_line(sources, (types, uses, seed), wanted), file=sys.stderr)


def _formatted(told: Sequence[Explanation], is_one: bool, format: str) -> str:
    from sim.explain.explanation import reasons_table
    from sim.explain.explanation_json import explanation_json
    from sim.report.explained import explanation_text, story_text

    if format == "json":
        return explanation_json(told)
    if format == "csv":
        return str(reasons_table(told).to_csv(index=False))
    return "\n".join(story_text(one, one.stories[0]) if is_one else explanation_text(one) for one in told)


def _write_events(told: Sequence[Explanation], file: Path) -> None:
    """Write the event log of all worlds, and beside a CSV file where it comes from."""
    from sim.ensemble.files import write_table, write_text
    from sim.explain.explanation_json import about_worlds
    from sim.explain.process import process_logs

    log, about = process_logs(told), about_worlds(told)
    write_table(file, log, about)
    print(f"Wrote {file}: {len(log)} events.", file=sys.stderr)
    if file.suffix == ".csv":
        write_text(file.with_suffix(".json"), json.dumps(about, indent=1, ensure_ascii=False), "--events")


def _python_line(sources: Sequence[str], study: tuple[list[str], list[str], int], wanted: str) -> str:
    types, uses, seed = study
    options = [f"relationships={types!r}"] if types else []
    options += [f"interventions={uses!r}"] if uses else []
    return f"In Python: import sim; sim.explain({', '.join([*sources, *options, wanted, f'seed={seed}'])})"
