"""Every picture of the documentation has a recipe, and those from stored data are drawn by it."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def figures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_figures", ROOT / "docs" / "figures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MADE = figures()


def test_every_picture_has_a_recipe_and_every_recipe_a_picture() -> None:
    there = sorted(path.name for path in (ROOT / "docs" / "images").iterdir())
    assert sorted(one.picture for one in MADE.RECIPES) == there
    assert (ROOT / "docs" / "figures.md").read_text(encoding="utf-8") == MADE.page(), "run make figures"


def test_every_picture_is_shown_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if path.name != "figures.md")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    assert [one.picture for one in MADE.RECIPES if f"images/{one.picture})" not in text] == []


STORED = [one for one in MADE.RECIPES if one.source == MADE.STORED]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", STORED, ids=[one.picture for one in STORED])
def test_a_picture_from_stored_data_is_what_its_recipe_draws(recipe: object, tmp_path: Path) -> None:
    """To the pixel with the libraries of the lock; other fonts or versions may move edges of letters."""
    file = tmp_path / recipe.picture  # type: ignore[attr-defined]
    recipe.draw(file)  # type: ignore[attr-defined]
    with Image.open(file) as drawn, Image.open(ROOT / "docs" / "images" / file.name) as kept:
        assert drawn.size == kept.size
        differing = np.any(np.asarray(drawn.convert("RGB")) != np.asarray(kept.convert("RGB")), axis=2).mean()
    assert differing < 0.01


def test_commands_of_recipes_are_commands() -> None:
    from sim.cli import app

    known = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    known |= {group.name for group in app.registered_groups}
    for one in MADE.RECIPES:
        for name in re.findall(r"`smarketing (\w+)", one.how):
            assert name in known, one.picture
