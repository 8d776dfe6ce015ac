"""The lesson replays: its answer key is what the model says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from sim.app.game import standing_of
from sim.app.rooms import Move, Rooms

TEACHING = Path(__file__).parents[2] / "docs" / "teaching"


def key() -> ModuleType:
    """The script that writes the key."""
    spec = importlib.util.spec_from_file_location("answer_key", TEACHING / "answer_key.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_answer_key_is_what_the_model_says() -> None:
    module = key()
    assert module.FILE.read_text(encoding="utf-8") == module.answer_key()


def test_a_class_that_plays_the_key_gets_its_figures(tmp_path: Path) -> None:
    module = key()
    rooms = Rooms(tmp_path / "class.sqlite")
    code = rooms.begin(module.SETTING).code
    name, choices = module.WAYS[-1]
    rooms.join(code, name)
    rooms.go_on(code)
    rooms.enter(code, Move(name, 1, choices))
    rooms.go_on(code)
    figures = standing_of(rooms, rooms.room(code), name).figures
    assert module.game_row(name, choices, 1)[3:] == module.cells(figures)


def test_the_lesson_names_the_room_of_the_key() -> None:
    setting, told = key().SETTING, (TEACHING / "lesson.md").read_text(encoding="utf-8")
    assert f"organization `{setting.scenario}`" in told and f"seed {setting.seed}." in told
    assert f"{setting.quarters} quarters, {setting.budget:.0f} c.u." in told
