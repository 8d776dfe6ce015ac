"""How else to make a firm of one's own: the command and the Python lines that do what the page has done."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.app import firms
from sim.ensemble.files import write_text

_RECORD = "made.json"


@dataclass(frozen=True)
class Made:
    """How a firm was made.

    Parameters
    ----------
    base : str
        Scenario for all that nobody said.
    bank : int
        Firms that were simulated; 0 where it was made of answers alone.
    answered : bool
        Whether answers were there.
    """

    base: str
    bank: int = 0
    answered: bool = True


def note_made(name: str, made: Made) -> None:
    """Keep how a firm was made."""
    write_text(firms.home(name) / _RECORD, json.dumps(asdict(made)))


def made_of(name: str) -> Made | None:
    """How a firm was made; None of one that is not made yet, or was before this was kept."""
    file = firms.home(name) / _RECORD
    if not (file.is_file() and firms.scenario_file(name).is_file()):
        return None
    return Made(**json.loads(file.read_text(encoding="utf-8")))


def lines_of(name: str) -> dict[str, str]:
    """Command, Python lines and scenario of a firm that is made, as far as what it was made of is still there."""
    if not firms.scenario_file(name).is_file():
        return {}
    toml, made = {"toml": firms.scenario_file(name).read_text(encoding="utf-8")}, made_of(name)
    if made is None or (made.bank and not firms.export_files(name)):
        return toml
    return {"command": command_of(name, made), "python": python_of(name, made), **toml}


def command_of(name: str, made: Made) -> str:
    """The command that makes the firm again, in the folder that one is in."""
    home, out, seed = firms.home(name), f"{name}.toml", str(firms.SEED)
    answers = firms.answers_file(name)
    if not made.bank:
        return _line("assess", answers, "--from", made.base, "--out", out, "--seed", seed)
    mapping = home / firms.MAPPING
    more: list[str | Path] = ["--mapping", mapping] if mapping.is_file() else []
    more += ["--answers", answers] if made.answered else []
    more += ["--bank", str(made.bank), "--store", home / firms.BANK, "--seed", seed]
    return _line("calibrate", firms.export_path(name), "--out", out, "--base", made.base, *more)


def _line(*parts: str | Path) -> str:
    return shlex.join(["smarketing", *map(str, parts)])


def python_of(name: str, made: Made) -> str:
    """The Python lines that make the firm again, where it lies."""
    call, bank = ("calibrated", f", {made.bank}") if made.bank else ("made_of_answers", "")
    return (
        "from sim.app import firms\nfrom sim.ensemble.progress import Advance\n\n"
        f"page = firms.{call}({name!r}, {made.base!r}{bank}, Advance(0, None))\nprint(firms.scenario_file({name!r}))\n"
    )
