"""The command ``smarketing``: what a user types, and nothing that a library user could not call."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from types import FrameType
from typing import Annotated, Any

import typer

from sim.cli import app as app_command
from sim.cli import assess, attribution, calibration, commands, decision, experiments, explain, scenarios
from sim.cli import map as map_command
from sim.domain.errors import InputError
from sim.domain.renamed import RenamedWarning

UsageError: Any = typer.BadParameter.__base__

app = commands.app
app.command("calibrate")(calibration.calibrate)
app.command("assess")(assess.assess)
app.command("attribute")(attribution.attribute)
app.command("decide")(decision.decide)
app.command("map")(map_command.type_map)
app.command("app")(app_command.app)
app.command("explain")(explain.explain)
app.add_typer(experiments.app, name="experiment")
app.add_typer(scenarios.app, name="scenario")


def main() -> None:
    """Run the command line; bad input ends with a plain message and exit code 2."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end_as_by_ctrl_c)
    warnings.showwarning = _shown(warnings.showwarning)
    try:
        code = app(prog_name="smarketing", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        print(f"smarketing: {error}", file=sys.stderr)
        sys.exit(2)
    except UsageError as error:
        print(usage(error), end="", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read this has gone, as `head` does: what Python still wants to write at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code)


def _end_as_by_ctrl_c(number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does when a cluster or a shell asks to: what is done is kept, and it is said how to go on."""
    if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):  # nobody would hear that
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    else:
        signal.raise_signal(signal.SIGINT)


def _shown(otherwise: Any) -> Any:
    """What shows warnings: old names in a plain line, all else as it was."""

    def show(message: Any, category: Any, *rest: Any, **more: Any) -> None:
        if issubclass(category, RenamedWarning):
            print(f"smarketing: {message}", file=sys.stderr)
        else:
            otherwise(message, category, *rest, **more)

    return show


def usage(error: Any) -> str:
    """What is wrong with the options, and where help is; nothing where the help itself has just been shown."""
    message = error.format_message()
    command = error.ctx.command_path if error.ctx else "smarketing"
    return f"smarketing: {message}\nSee {command} --help.\n" if message.strip() else ""


def _show_version(wanted: bool) -> None:
    if wanted:
        from sim.ensemble.provenance import version

        print(f"smarketing {version()}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of the command itself."""
