"""The rules that let a kernel run compiled and as plain Python to the same bytes, read off the syntax tree.

The rules are told in CONTRIBUTING.md, "Rules for kernels", and read in `sim.contract.kernel_rules`, since kernels of
extensions keep them too. Each has a bad snippet below that it must catch.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import numpy as np
import pytest

from sim.contract.kernel_rules import Violation, constants_used, kernel_nodes, lint, plain_number

ROOT = Path(__file__).parents[2]
FOLDERS = ("sim/behaviours", "sim/engine")

# File, rule and what is forgiven there, each with its reason; a test holds that none of them is idle.
EXEMPT = {
    ("arithmetic.py", "mathematics", "math.floor"): "exact, and only there",
    ("arithmetic.py", "numpy", "np"): "bits of a float, and only there",
    ("arithmetic.py", "method", ".float64()"): "bits of a float, and only there",
    ("arithmetic.py", "method", ".int64()"): "bits of a float, and only there",
    ("arithmetic.py", "method", ".view()"): "bits of a float, and only there",
    ("calls.py", "globals", "jump"): "the one call by address",
    ("luck.py", "luck", "mix"): "luck is made there",
    ("luck.py", "luck", "uniform"): "luck is made there",
}
# Constants that are no plain numbers: file and name.
TABLES: dict[tuple[str, str], str] = {
    ("arithmetic.py", "POWERS"): "steps between which a series is short",
    ("arithmetic.py", "LOGARITHMS"): "steps between which a series is short",
    ("arithmetic.py", "QUANTILES"): "the normal quantile piece by piece: no division, no logarithm",
    ("selling.py", "WORTH"): "by stage: a branch on the stage cannot be foretold",
}


def source_files() -> list[Path]:
    """All files that may hold kernels."""
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("**/*.py"))]


def lint_project() -> list[Violation]:
    """All broken rules of the project, exemptions included, with paths from its root."""
    return [v for path in source_files() for v in lint(path.read_text("utf-8"), path.relative_to(ROOT))]


def test_kernels_keep_the_rules() -> None:
    broken = [v for v in lint_project() if (v.path.name, v.rule, v.what) not in EXEMPT]
    assert not broken, "\n" + "\n".join(map(str, broken))


def test_no_exemption_is_idle() -> None:
    used = {(v.path.name, v.rule, v.what) for v in lint_project()}
    assert not set(EXEMPT) - used


def test_the_rules_see_kernels_in_every_folder() -> None:
    for folder in FOLDERS:
        kernels = [
            k
            for p in source_files()
            if p.is_relative_to(ROOT / folder)
            for k in kernel_nodes(ast.parse(p.read_text("utf-8")))
        ]
        assert kernels, f"no @kernel or @entry found in {folder}"


@pytest.mark.parametrize("path", source_files(), ids=lambda path: path.stem)
def test_constants_are_plain_numbers(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    odd = [name for name in constants_used(path) if not plain_number(getattr(module, name))]
    assert not [name for name in odd if (path.name, name) not in TABLES]


def test_an_array_is_no_plain_number() -> None:
    assert plain_number(1.0)
    assert plain_number((1, 2.5))
    assert not plain_number(np.zeros(2))
    assert not plain_number([1.0])
    assert not plain_number("text")


GOOD = '''
import math
import numpy as np
from numba import uint64
from sim.behaviours.kernel import entry, kernel
from sim.behaviours.luck import happens
from sim.behaviours import luck as chances
from sim.domain.records import World

RATE = 0.5

def plain(x):
    return np.exp(x) ** 2

@kernel
def inner(world: World, x: np.ndarray) -> float:
    """Best of two."""
    total: np.float64 = 0.0
    for row in range(len(x)):
        total += x[row] * RATE
    first, second = min(total, 1.0), float(uint64(3))
    return math.sqrt(first) if world.rules.use_rate == 0 else -math.inf + second

@entry
def outer(world: World, x: np.ndarray) -> bool:
    """Ask luck."""
    uniform = inner(world, x)
    return happens(world, 1, 2, 3, uniform) or chances.happens(world, 1, 2, chances.SHIFT_12, uniform)
'''


def test_a_good_kernel_passes() -> None:
    assert lint(GOOD, Path("sim/behaviours/good.py")) == []


# Bad line of a body → the rule that must catch it.
BAD_LINES = {
    "y = np.exp(x)": "numpy",
    "y = np.pi": "numpy",
    "y = cosine(x)": "numpy",
    "y = math.exp(x)": "mathematics",
    "y = math.lgamma(x)": "mathematics",
    "y = math.floor(x)": "mathematics",
    "y = lgamma(x)": "mathematics",
    "y = x ** 2": "power",
    "x **= 2": "power",
    "y = pow(x, 2)": "globals",
    "y = rows.sum()": "reduction",
    "y = world.people.trust.mean()": "reduction",
    "y = sum(rows)": "reduction",
    "y = any(rows)": "reduction",
    "y = max(rows)": "reduction",
    "y = min(*rows)": "reduction",
    "y = min(rows, key=x)": "reduction",
    "y = rows @ rows": "reduction",
    "y = rows.copy()": "method",
    "rows.fill(0.0)": "method",
    "y = [x]": "allocation",
    "y = {1: x}": "allocation",
    "y = {x}": "allocation",
    "y = [i for i in range(3)]": "allocation",
    "y = {i for i in range(3)}": "allocation",
    "y = {i: i for i in range(3)}": "allocation",
    "y = tuple(i for i in range(3))": "allocation",
    "y = f'{x}'": "allocation",
    "y = list(rows)": "globals",
    "y = dict(a=x)": "globals",
    "try:\n        x = 1\n    finally:\n        x = 2": "statement",
    "raise ValueError": "statement",
    "assert x": "statement",
    "with x:\n        pass": "statement",
    "y = lambda z: z": "statement",
    "yield x": "statement",
    "print(x)": "statement",
    "import os": "statement",
    "from os import path": "statement",
    "global z": "statement",
    "def z(): pass": "statement",
    "y = random.random()": "chance",
    "y = time.time()": "chance",
    "y = draw_one()": "chance",
    "y = clock()": "chance",
    "y = uniform(1, 2, 3, 4)": "luck",
    "y = mixed(1, 2, 3, 4)": "luck",
    "y = luck.uniform(1, 2, 3, 4)": "luck",
    "y = tables.read_fields(x)": "globals",
    "y = plain(x)": "globals",
    "y = state": "globals",
    "y = np64(x)": "numpy",
    "y = undefined(x)": "globals",
    "y = read_fields(x)": "globals",
    "y = isinstance(x, int)": "globals",
    "y = rows[-1]": "index",
    "y = rows[-int(x)]": "index",
    "y = world.leads.value": "column",
    "y = world.leads['value']": "column",
    "y = world.leads[0]['value']": "column",
}
HEAD = """
import math, random, time
import numpy as np
from math import lgamma
from random import random as draw_one
from time import perf_counter as clock
from numpy import cos as cosine, uint64 as np64
from sim.behaviours import luck
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import mix as mixed, uniform
from sim.domain import tables
from sim.domain.tables import read_fields

state = 3

def plain(x):
    return x

"""


@pytest.mark.parametrize(("line", "rule"), BAD_LINES.items(), ids=BAD_LINES)
def test_each_bad_line_is_caught(line: str, rule: str) -> None:
    source = f'{HEAD}@kernel\ndef bad(world: World, rows: Rows, x: float) -> float:\n    """Do."""\n    {line}\n'
    in_body = [v for v in lint(source, Path("sim/behaviours/bad.py")) if v.line > HEAD.count("\n")]
    assert rule in {v.rule for v in in_body}


BAD_FILES = {
    "@kernel\ndef f(x) -> float:\n    '''Do.'''\n    return x\n": "annotation",
    "@kernel\ndef f(x: float):\n    '''Do.'''\n    return x\n": "annotation",
    "@entry\ndef f(x: float, *, y) -> float:\n    '''Do.'''\n    return x\n": "annotation",
    "@kernel\ndef f(x: float) -> float:\n    return x\n": "docstring",
    "@kernel\ndef f(x: float) -> None:\n    '''Do.'''\n" + "    x += 1.0\n" * 61: "length",
    f"@kernel\ndef f({', '.join(f'x{i}: int' for i in range(9))}) -> None:\n    '''Do.'''\n": "parameters",
    "@kernel\ndef f(*x: int) -> None:\n    '''Do.'''\n": "parameters",
    "@kernel\ndef f(x: float = np.pi) -> float:\n    '''Do.'''\n    return x\nimport numpy as np\n": "numpy",
    "if True:\n    @kernel\n    def f(x: float) -> float:\n        '''Do.'''\n        return x ** 2\n": "power",
    "from sim.behaviours.luck import uniform\n": "luck",
    "@kernel\ndef mix(x: int) -> int:\n    '''Do.'''\n    return mix(x)\n": "luck",
    "from numba import njit\n": "compiler",
    "import numba\n": "compiler",
}


@pytest.mark.parametrize(("source", "rule"), BAD_FILES.items(), ids=BAD_FILES.values())
def test_each_bad_file_is_caught(source: str, rule: str) -> None:
    assert [v.rule for v in lint(source, Path("sim/behaviours/bad.py"))] == [rule]


def test_a_violation_names_file_line_and_rule() -> None:
    (violation,) = lint(
        "@kernel\ndef f(x: float) -> float:\n    '''Do.'''\n    return x ** 2\n", Path("sim/engine/day.py")
    )
    assert str(violation) == "sim/engine/day.py:4: power: **"
