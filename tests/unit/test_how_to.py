"""What a how-to page shows works as it stands, from top to bottom, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "check-your-data.md"


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of the code blocks of a page, in their order."""
    return re.findall(r"```(sh|python)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Lines of a shell block as what to start; scripts of the documentation are those of this checkout."""
    starts = {"smarketing": [sys.executable, "-m", "sim"], "python": [sys.executable]}
    lines = [line.split() for line in text.strip().splitlines()]
    return [[*starts[line[0]], *(str(ROOT / w) if w.startswith("docs/") else w for w in line[1:])] for line in lines]


@pytest.mark.slow
def test_checking_data_works_as_the_page_shows_it(tmp_path: Path) -> None:
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert len(blocks(PAGE)) == 3
    for language, text in blocks(PAGE):
        for command in commands(text) if language == "sh" else [[sys.executable, "-c", text]]:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path, env=there
            )
            assert done.returncode == 0, done.stderr
            assert done.stdout or "--write-mapping" in command
    page = (tmp_path / "practice.html").read_text(encoding="utf-8")
    for found in ("Regime break", "Dormant open deals", "One owner closes much", "Column that tells the end"):
        assert found in page
    assert "example.org" not in page


def test_pictures_and_links_of_the_page_are_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / target).exists(), target
