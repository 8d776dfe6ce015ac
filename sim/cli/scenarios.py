"""Commands about scenarios: list, show, make and check them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import EntryName, Format, Out, SchemaKind, Sets, changes, check_format, interruptible, load, put
from sim.domain.errors import InputError

app = typer.Typer(help="List, show, make and check scenarios.", no_args_is_help=True)


@app.command("list")
@interruptible
def list_scenarios(format: Format = "table", out: Out = None) -> None:
    """List scenarios, organization and market presets, relationship types, interventions, shocks and levers."""
    from sim.report.terminal import catalogue_text

    put(catalogue_text(check_format(format)), out)


@app.command("show")
@interruptible
def show_scenario(scenario: EntryName, sets: Sets = None, format: Format = "table", out: Out = None) -> None:
    """Show a scenario, preset, type, intervention or shock: every number with unit, range, source and origin."""
    from sim.report.terminal import entry_text, scenario_text
    from sim.spec.catalogue import scenario_content
    from sim.spec.entries import entry_named
    from sim.spec.origins import values_of
    from sim.spec.presets import flat

    check_format(format)
    entry = entry_named(scenario)
    if entry is not None:
        if sets:
            rule = f"changes values of a scenario, which {scenario} is not"
            raise InputError("--set", rule, sets[0], "Leave it out.")
        put(entry_text(entry, format), out)
        return
    chosen, (content, _) = load(scenario, sets), scenario_content(scenario)
    values = values_of(chosen, [path for path, _ in flat(content)], [path for path, _ in changes(sets)])
    put(scenario_text(chosen, values, format), out)


@app.command("new")
@interruptible
def new_scenario(
    out: Annotated[Path, typer.Option("--out", help="File to write; it must not exist yet.")],
    origin: Annotated[str, typer.Option("--from", help="Scenario to start from.")] = "mid",
    organization: Annotated[str | None, typer.Option(help="Organization preset instead of the scenario's.")] = None,
    market: Annotated[str | None, typer.Option(help="Market preset instead of the scenario's.")] = None,
    sets: Sets = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write a commented scenario to start from."""
    from sim.spec.catalogue import told_by_presets
    from sim.spec.write import scenario_toml

    if out.suffix != ".toml":
        raise InputError("--out", "must end in .toml", str(out), "Call it my-firm.toml, for example.")
    if out.exists() and not force:
        raise InputError("--out", "must not exist yet", str(out), "Choose another name, or add --force.")
    named = (("organization", organization), ("market", market))
    presets = [f"presets.{kind}={name}" for kind, name in named if name is not None]
    scenario = load(origin, [*presets, *(sets or [])])
    if scenario.posterior:
        scenario = scenario.model_copy(update={"posterior": os.path.relpath(scenario.posterior, out.parent)})
    about = {"name": out.stem[:80]} | ({"description": told_by_presets(scenario)} if presets else {})
    text = scenario_toml(scenario.model_copy(update=about))
    put(text, out)
    print(f"Wrote {out}. Change it, then: smarketing compare {out}")


@app.command("check")
@interruptible
def check_scenario(files: Annotated[list[str], typer.Argument(help="Scenario files or names.")]) -> None:
    """Check scenario files, and say what is unusual about them."""
    from sim.report.terminal import checked_text
    from sim.spec.catalogue import scenario_content
    from sim.spec.posterior import posterior_of
    from sim.spec.resolve import blueprint_of
    from sim.spec.unusual import unusual

    for file in files:
        scenario = load(file, None)
        blueprint_of(scenario)
        posterior_of(scenario)
        print(checked_text(file, unusual(scenario, scenario_content(file)[0])))


@app.command("schema")
@interruptible
def scenario_schema(
    kind: SchemaKind = "scenario",
    out: Out = None,
) -> None:
    """Print the JSON Schema of scenarios, plans, catalogue files or results, for editors and programs."""
    import json

    from sim.ensemble.schema import schema_of

    put(json.dumps(schema_of(kind), indent=1, ensure_ascii=False), out)
