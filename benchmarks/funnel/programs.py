"""The programs that are compared: where each is, what it needs, how long its text is."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.funnel.size import SIZES, Size

FOLDER = Path(__file__).parent
OURS, C, TUNED_C = "smarketing", "C -O3", "C, our way"


class Program(NamedTuple):
    """One of the programs.

    Parameters
    ----------
    name : str
        As tables call it.
    module : str
        In this folder.
    files : tuple of str
        Its text.
    function : str
        In the module: takes a size and a seed and returns the days.
    is_fast : bool
        Whether a run of size L takes less than a second.
    """

    name: str
    module: str
    files: tuple[str, ...]
    function: str = "run"
    is_fast: bool = False


PROGRAMS = (
    Program(OURS, "ours", ("ours.py", "state.py"), is_fast=True),
    Program(C, "in_c", ("funnel.c", "funnel.h"), is_fast=True),
    Program(TUNED_C, "in_c", ("tuned.c", "funnel.h"), "run_tuned", is_fast=True),
    Program("Mesa", "in_mesa", ("in_mesa.py",)),
    Program("SimPy", "in_simpy", ("in_simpy.py",)),
    Program("AgentPy", "in_agentpy", ("in_agentpy.py",)),
)

Run = Callable[[Size, int], Any]


def available(programs: Iterable[Program] = PROGRAMS) -> tuple[dict[str, Run], list[str]]:
    """What can run here, compiled and imported, and a line for each that cannot.

    Returns
    -------
    runs : dict of str to callable
        By name.
    missing : list of str
        What to do to get the others.
    """
    runs, missing = {}, []
    for program in programs:
        try:
            run = getattr(importlib.import_module(f"benchmarks.funnel.{program.module}"), program.function)
            run(SIZES["tiny"], 0)
        except ImportError as error:
            missing.append(f"{program.name} is left out: {_remedy(error)}")
        else:
            runs[program.name] = run
    return runs, missing


def _remedy(error: ImportError) -> str:
    if error.name is None:
        return str(error)
    return f"no module {error.name!r}; get it by `make .venv/peers/.ready` and set PYTHONPATH=.venv/peers"


def code_lines(program: Program) -> int:
    """Lines of code of a program: neither blank, nor comment, nor docstring, nor import."""
    texts = [(FOLDER / name).read_text(encoding="utf-8") for name in program.files]
    count = c_lines if program.files[0].endswith(".c") else python_lines
    return sum(count(text) for text in texts)


def c_lines(text: str) -> int:
    r"""Lines of C.

    >>> c_lines("#include <math.h>\n/* a\n   b */\n\nint x; /* c */\n")
    1
    """
    lines = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines()
    return sum(bool(line.strip()) and not line.startswith("#") for line in lines)


def python_lines(text: str) -> int:
    r"""Lines of Python.

    >>> python_lines('import os\n\n# a\ndef f():\n    \"\"\"Do.\n\n    It.\n    \"\"\"\n    return 1\n')
    2
    """
    lines = text.splitlines()
    is_code = [bool(line.strip()) and not line.lstrip().startswith("#") for line in lines]
    for node in ast.walk(ast.parse(text)):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_docstring or isinstance(node, ast.Import | ast.ImportFrom):
            is_code[node.lineno - 1 : node.end_lineno] = [False] * (node.end_lineno - node.lineno + 1)
    return sum(is_code)
