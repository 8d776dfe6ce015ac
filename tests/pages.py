"""Pages of the documentation, followed from top to bottom as a reader would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).parents[1]


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of the code blocks of a page that are followed, in their order.

    Shell and Python are run; TOML whose first line is ``# NAME.toml`` is saved under that name, as the page asks for.
    """
    found = re.findall(r"```(sh|python|toml)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [(language, text) for language, text in found if language != "toml" or _file_of(text)]


def commands(text: str) -> list[list[str]]:
    """Lines of a shell block as what to start; scripts of the documentation are those of this checkout."""
    lines = [shlex.split(line, comments=True) for line in text.strip().splitlines()]
    return [[str(ROOT / word) if word.startswith("docs/") else word for word in line] for line in lines]


def shown(text: str) -> list[str]:
    """Commands of a block without what is said about them; those that are listed between bars, one by one."""
    lines = [re.split(r"\s{2,}|\s#", line.removeprefix("$ "))[0] for line in text.splitlines()]
    return [each for line in lines if re.match(r"smarketing \w", line) for each in _alternatives(line)]


def _alternatives(line: str) -> list[str]:
    first, *others = line.split(" | ")
    return [first, *(f"{' '.join(first.split()[:2])} {other}" for other in others)]


def follow(page: Path, folder: Path, allowed: tuple[int, ...] = (0,)) -> None:
    """Do what a page shows, from top to bottom, in a folder; every command ends well and says or writes something."""
    do(blocks(page), folder, allowed)


def do(found: list[tuple[str, str]], folder: Path, allowed: tuple[int, ...] = (0,)) -> None:
    """Do blocks, given by language and text, in a folder.

    All share one fresh process, since starting Python anew for each takes longer than most of them.
    """
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", "from tests.pages import steps; steps()"],
        input=json.dumps([found, allowed]),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        cwd=folder,
        env=there,
    )
    assert done.returncode == 0, done.stderr[-4000:]


def steps() -> None:
    """Do the steps that stand on standard input, in this folder; the first that fails ends it and is named."""
    found, allowed = json.load(sys.stdin)
    for language, text in found:
        if language == "toml":
            Path(_file_of(text)).write_text(text, encoding="utf-8")
        elif language == "python":
            _says(lambda text=text: exec(compile(text, "<page>", "exec"), {"__name__": "__main__"}), [text], [0])
        else:
            for command in commands(text):
                _says(lambda command=command: _run(command), command, allowed)


def _says(step: Callable[[], None], command: list[str], allowed: list[int]) -> None:
    said, code, there = StringIO(), 0, set(Path().iterdir())
    with redirect_stdout(said):
        try:
            step()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    assert code in allowed, f"exit code {code}: {' '.join(command)}"
    writes = bool({"--write-mapping", "--out", "--store"} & set(command)) or set(Path().iterdir()) > there
    assert said.getvalue() or writes, f"says and writes nothing: {command}"


def _run(command: list[str]) -> None:
    sys.argv = command
    if command[0] != "smarketing":
        sys.argv = command[1:]
        run_path(command[1], run_name="__main__")
        return
    from sim.cli import main

    main()


def _file_of(text: str) -> str:
    first = re.match(r"# ([\w-]+\.toml)\n", text)
    return first[1] if first else ""
