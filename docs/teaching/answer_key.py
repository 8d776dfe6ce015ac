"""The answer key of the lesson: every figure is computed by the model, on the same luck as the class.

Run ``python docs/teaching/answer_key.py``; it writes ``docs/teaching/answer-key.md``. A test compares.
"""

from __future__ import annotations

from pathlib import Path

from sim.app.classroom import cells, decided, gained, labels
from sim.app.game import cost_of, figures_after, link_of, setting_with, text_of
from sim.app.rooms import Move, Setting
from sim.spec.catalogue import relationships_of

#: The room of the lesson.
SETTING = Setting(scenario="mid", relationship="undefined", seed=7, quarters=3, budget=60_000.0)
#: What the key plays: a name, and what is decided in the first quarter and goes on.
WAYS: tuple[tuple[str, dict[str, float]], ...] = (
    ("Nobody does anything", {}),
    ("Meetings", {"disciplined_meetings": 6.0}),
    ("A liaison", {"liaison": 1.0}),
    ("Defined hand-off", {"handoff_definition": 0.85}),
)
FILE = Path(__file__).parent / "answer-key.md"

HEAD = """# Answer key

Computed by the model; do not edit. `python docs/teaching/answer_key.py` writes it anew, and a test replays it.
The room: organization {scenario}, beginning as {relationship}, seed {seed}, {quarters} quarters,
{budget:,.0f} c.u. a quarter.
"""
TYPES = """
## The quiz: four organizations on the same luck

The app shuffles the letters in each room; the figures are these.
"""
PLAYED = """
## The game: four ways to play it

What is decided in the first quarter goes on to the end. Cost is what it takes of the first
quarter's budget; running costs are in the profit.
"""
END = """
One luck is an example, not a proof. Open another room with another seed before you conclude anything.
"""


def table(names: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(["", *("| " + " | ".join(line) + " |" for line in lines)]) + "\n"


def quiz_rows() -> list[list[str]]:
    """Outcomes of each relationship type over the whole game."""
    kinds = relationships_of(SETTING.base())
    return [
        [kind.label, *cells(figures_after(setting_with(SETTING, name), name, SETTING.quarters))]
        for name, kind in kinds.items()
    ]


def game_row(name: str, choices: dict[str, float], quarters: int) -> list[str]:
    """Outcomes of one way to play after some quarters."""
    move = Move(name, 1, choices)
    figures = figures_after(SETTING, text_of(SETTING, [move]), quarters)
    idle = figures_after(SETTING, SETTING.relationship, quarters)
    return [name, f"{cost_of(SETTING, [], move):,.0f}", gained(figures, idle) if choices else "–", *cells(figures)]


def game() -> str:
    """The ways to play after the first quarter and at the end."""
    names = ["Way", "Cost, c.u.", "Profit against doing nothing", *labels()]
    parts = []
    for quarters in (1, SETTING.quarters):
        rows = [game_row(name, choices, quarters) for name, choices in WAYS]
        parts.append(f"\nAfter quarter {quarters}:\n{table(names, rows)}")
    return "".join(parts)


def links() -> str:
    """Each way as it is decided, and as a link to its floor."""
    told = []
    for name, choices in WAYS:
        move = Move(name, 1, choices)
        link = link_of(SETTING, text_of(SETTING, [move]), 0)
        told.append(f"- {name}: {decided(SETTING, move)}. `http://127.0.0.1:8765{link}`")
    return "\n".join(["", "## Links to the floors", "", *told]) + "\n"


def answer_key() -> str:
    """The whole key."""
    quiz = table(["Type", *labels()], quiz_rows())
    return HEAD.format(**vars(SETTING)) + TYPES + quiz + PLAYED + game() + links() + END


if __name__ == "__main__":
    FILE.write_text(answer_key(), encoding="utf-8")
