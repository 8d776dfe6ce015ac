"""Effects emerge: what happens in a day knows practices, never the relationship type or intervention behind them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.domain.practices import BY_NAME as PRACTICES
from sim.spec.catalogue import interventions, relationships, shipped

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("behaviours", "engine") for path in (ROOT / "sim" / folder).glob("*.py"))
#: A liaison is a person; practices may have the name of the intervention that raises them, and so has a level of money.
ALLOWED = {"liaison", "programme_budget"} | set(PRACTICES)
TYPES = set(relationships()) | {alias for each in relationships().values() for alias in each.aliases}
BANNED = (TYPES | set(interventions()) | {"relationship", "intervention"}) - ALLOWED


def words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names and texts of a file with their lines, docstrings left out."""
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, ast.Attribute):
            yield line, node.attr
        elif isinstance(node, ast.FunctionDef | ast.arg | ast.alias | ast.keyword):
            yield line, str(getattr(node, "name", None) or getattr(node, "arg", None) or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
            yield line, node.value


def shortcuts(source: str) -> list[tuple[int, str]]:
    """Where a source names a relationship type or an intervention; the journal may book what interventions cost."""
    found = []
    for line, word in words(ast.parse(source)):
        lowered = word.lower()
        if lowered in {"intervention_cost", "cost_of_interventions"}:
            continue
        if any(re.search(rf"(^|[^a-z]){name}s?($|[^a-z])", lowered) for name in BANNED):
            found.append((line, word))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_behaviour_names_a_relationship_type_or_an_intervention(path: Path) -> None:
    assert shortcuts(path.read_text(encoding="utf-8")) == []


def test_a_shortcut_would_be_found() -> None:
    assert shipped().is_dir()
    assert len(BANNED) > 15
    assert shortcuts("bonus = 1.2 if world.relationship == INTEGRATED else 1.0")
    assert shortcuts("def joint_assignments_bonus(world): return 1.1")
    assert shortcuts("kind = 'aligned'")
    assert not shortcuts("x = level(world, COLLOCATION) * liaison")
