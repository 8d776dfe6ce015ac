"""Small worlds that together go as many ways through the behaviours as they can for what they cost.

    python -m tests.adversarial.worlds            # choose anew, some minutes
    python -m tests.adversarial.worlds --renew    # the same organizations, what they leave behind now

Random organizations are drawn and followed through every behaviour in plain Python. The choice is greedy: next comes
the one that goes the most ways per step that were gone too rarely so far. Their numbers, in that order, and digests of
what they leave behind are kept in `worlds.json`; `tests/golden` holds the program against them.

A way is one end of a condition, a comparison of two that are equal (where `<` and `<=` part), or the side on which a
`min` or `max` comes out.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import json
import operator
import os
import subprocess
import sys
import types
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim.contract.left_behind import digest_of_world
from sim.domain.blueprint import Blueprint
from sim.engine.run import simulate
from tests.adversarial.mutants import BEHAVIOURS, ROOT, code_of, files, functions_of
from tests.blueprints import random_blueprint

KEPT = Path(__file__).with_name("worlds.json")
#: Organizations that are drawn, their largest sizes, and most inquiries: more take too long in plain Python.
DRAWN, MOST_PEOPLE, MOST_DAYS, MOST_INQUIRIES = 500, 9, (10, 40, 80, 160), 400.0
#: Decisions that a world keeps rows of.
N_EVENTS = 2000
#: Worlds that should go each way, and steps that all chosen worlds may take (some 10 s in plain Python).
OFTEN, MOST_STEPS = 4, 5_000_000
#: What each further world that goes a way is worth.
WORTH = (1.0, 0.5, 0.25, 0.125)
Way = tuple[int, Any]


def drawn(number: int) -> Blueprint | None:
    """The random organization of a number; none where it has too many inquiries."""
    luck = np.random.default_rng(number)
    most_days = int(luck.choice(MOST_DAYS))
    plan = random_blueprint(luck, int(luck.integers(3, MOST_PEOPLE + 1)), most_days)
    rules = plan.rules
    inquiries = plan.n_days * plan.n_reps * (rules["raw_leads_per_rep_day"] + rules["event_leads_per_rep"])
    return plan if inquiries <= MOST_INQUIRIES else None


def left_by(number: int, plan: Blueprint) -> str:
    """Digest of what a run leaves behind, of odd numbers with rows of decisions; a run that fails leaves its error."""
    try:
        world = simulate(plan, number, n_events=N_EVENTS * (number % 2))
        return _digest(digest_of_world(world).encode(), world.events.tobytes())
    except Exception as error:
        return type(error).__name__


def drawing_of(plan: Blueprint) -> str:
    """Digest of an organization itself, which another drawing of it changes."""
    people = (plan.n_marketers, plan.n_reps, plan.n_liaisons, plan.n_managers, plan.n_generalists, plan.n_units)
    return _digest(plan.rules.tobytes(), str(people).encode())


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"".join(contents)).hexdigest()[:16]


def stored() -> dict[int, dict[str, str]]:
    """The chosen worlds as they are kept: by number, how they were drawn and what they left."""
    return {int(number): digests for number, digests in json.loads(KEPT.read_text(encoding="utf-8")).items()}


def keep(numbers: list[int]) -> None:
    """Keep chosen worlds with what they leave now."""
    plans = {number: plan for number in numbers if (plan := drawn(number)) is not None}
    digests = {number: {"drawn": drawing_of(plan), "left": left_by(number, plan)} for number, plan in plans.items()}
    KEPT.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


# --- Ways -------------------------------------------------------------------------------------------------------------

COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip


class Ways:
    """What is gone in a run: how often each way, and how many steps in all."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self.compared: dict[int, Callable[[Any, Any], Any]] = {}
        self.gone: set[Way] = set()
        self.steps = 0

    def condition(self, place: int, value: Any) -> Any:
        """Note to which side a condition falls."""
        self.steps += 1
        self.gone.add((place, bool(value)))
        return value

    def comparison(self, place: int, left: Any, right: Any) -> Any:
        """Note how a comparison comes out, and whether both are equal."""
        self.steps += 1
        value = self.compared[place](left, right)
        self.gone.add((place, "equal" if left == right else bool(value)))
        return value

    def extreme(self, place: int, which: Callable[..., Any], *values: Any) -> Any:
        """Note which of some values is the least or greatest."""
        self.steps += 1
        value = which(*values)
        self.gone.add((place, values.index(value) if value in values else -1))
        return value

    def entered(self, place: int) -> None:
        """Note that a function is run."""
        self.steps += 1
        self.gone.add((place, "entered"))


class _Followed(ast.NodeTransformer):
    """Puts the notes into a function."""

    def __init__(self, ways: Ways, file: str, function: str) -> None:
        self.ways, self.where = ways, f"{file}:{function}"

    def call(self, what: str, node: ast.expr | ast.FunctionDef, *args: ast.expr) -> ast.Call:
        """A note on a node."""
        text = "whole" if isinstance(node, ast.FunctionDef) else f"line {node.lineno}, {ast.unparse(node)[:100]}"
        self.ways.places.append(f"{self.where}: {text}")
        place = ast.Constant(len(self.ways.places) - 1)
        name = ast.Attribute(ast.Name("_ways", ast.Load()), what, ast.Load())
        return ast.copy_location(ast.Call(name, [place, *args], []), node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Comparisons of two."""
        if len(node.ops) > 1 or type(node.ops[0]) not in COMPARED:
            return self.call("condition", node, self.generic_visit(node))
        new = self.call("comparison", node, self.visit(node.left), self.visit(node.comparators[0]))
        self.ways.compared[new.args[0].value] = COMPARED[type(node.ops[0])]
        return new

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Parts of an and, an or."""
        node.values = [self.of(each) for each in node.values]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Least and greatest of some."""
        self_and = self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("min", "max") and len(node.args) > 1:
            return self.call("extreme", node, node.func, *node.args)
        return self_and

    def of(self, test: ast.expr) -> Any:
        """A condition: what compares notes itself."""
        if isinstance(test, ast.Compare | ast.BoolOp):
            return self.visit(test)
        return self.call("condition", test, self.visit(test))

    def visit_If(self, node: Any) -> ast.AST:
        """Conditions."""
        node.test = self.of(node.test)
        for name in ("body", "orelse"):
            part = getattr(node, name)
            new = [self.visit(each) for each in part] if isinstance(part, list) else self.visit(part)
            setattr(node, name, new)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """The same within a line."""
        return self.visit_If(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """The same again and again."""
        return self.visit_If(node)


def followed(files: list[Path]) -> Ways:
    """Put notes into every function of some files, wherever it is held; what they note."""
    ways = Ways()
    held: dict[tuple[str, str], list[types.FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, types.FunctionType):
            held.setdefault((each.__code__.co_filename, each.__code__.co_qualname), []).append(each)
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for name, function in functions_of(tree):
            notes = _Followed(ways, str(file.relative_to(ROOT)), name)
            function.body = [notes.visit(each) for each in function.body]
            function.body.insert(0, ast.copy_location(ast.Expr(notes.call("entered", function)), function.body[0]))
        code = compile(ast.fix_missing_locations(tree), str(file), "exec")
        for name, _ in functions_of(tree):
            for each in held.get((str(file), name), []):
                each.__code__ = code_of(code, name)
                each.__globals__["_ways"] = ways
    return ways


# --- Choice -----------------------------------------------------------------------------------------------------------


def chosen(found: dict[int, tuple[set[Way], int]], most_steps: int = MOST_STEPS) -> list[int]:
    """Numbers of worlds, the one that says most for its steps first, until their steps are used up."""
    gone: Counter[Way] = Counter()
    left, taken, steps = dict(found), [], 0
    while left:
        worth = {number: _worth(ways, gone) / took for number, (ways, took) in left.items()}
        best = max(worth, key=lambda number: (worth[number], -number))
        ways, took = left.pop(best)
        if worth[best] == 0.0:
            break
        if steps + took <= most_steps:
            taken.append(best)
            steps += took
            gone.update(ways)
    return taken


def _worth(ways: set[Way], gone: Counter[Way]) -> float:
    return sum(WORTH[gone[way]] for way in ways if gone[way] < OFTEN)


def main() -> int:
    """Draw, follow, choose and keep; say which places none of the chosen reaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--renew", action="store_true", help="keep the choice, renew what it leaves behind")
    if parser.parse_args().renew:
        keep(list(stored()))
        return 0
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":  # read once, when the compiler is imported
        own = os.environ | {"NUMBA_DISABLE_JIT": "1"}
        return subprocess.run([sys.executable, "-m", "tests.adversarial.worlds"], env=own, check=True).returncode
    ways, found = followed(files((BEHAVIOURS,))), {}
    for number in range(DRAWN):
        if (plan := drawn(number)) is not None:
            ways.gone, ways.steps = set(), 0
            left_by(number, plan)
            found[number] = (ways.gone, ways.steps)
    numbers = chosen(found)
    keep(numbers)
    gone = {place for number in numbers for place, _ in found[number][0]}
    print(f"{len(numbers)} of {len(found)} worlds, {sum(found[number][1] for number in numbers)} steps; never reached:")
    print("\n".join(text for place, text in enumerate(ways.places) if place not in gone))
    return 0


if __name__ == "__main__":
    sys.exit(main())
