"""What a how-to page shows works as it stands, from top to bottom, in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"
PAGE = HOW_TO / "check-your-data.md"


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of the code blocks of a page, in their order."""
    return re.findall(r"```(sh|python)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Lines of a shell block as what to start; scripts of the documentation are those of this checkout."""
    starts = {"smarketing": [sys.executable, "-m", "sim"], "python": [sys.executable]}
    lines = [shlex.split(line) for line in text.strip().splitlines()]
    return [[*starts[line[0]], *(str(ROOT / w) if w.startswith("docs/") else w for w in line[1:])] for line in lines]


def follow(page: Path, folder: Path) -> None:
    """Do what a page shows, from top to bottom, in a folder."""
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    for language, text in blocks(page):
        for command in commands(text) if language == "sh" else [[sys.executable, "-c", text]]:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=600, check=False, cwd=folder, env=there
            )
            assert done.returncode == 0, done.stderr
            assert done.stdout or {"--write-mapping", "--out"} & set(command)


@pytest.mark.slow
def test_checking_data_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(PAGE)) == 3
    follow(PAGE, tmp_path)
    page = (tmp_path / "practice.html").read_text(encoding="utf-8")
    for found in ("Regime break", "Dormant open deals", "One owner closes much", "Column that tells the end"):
        assert found in page
    assert "example.org" not in page


@pytest.mark.slow
def test_calibrating_works_as_the_page_shows_it(tmp_path: Path) -> None:
    """And no output holds an address that the made-up export has."""
    assert len(blocks(HOW_TO / "calibrate.md")) == 4
    follow(HOW_TO / "calibrate.md", tmp_path)
    page = (tmp_path / "my-firm.html").read_text(encoding="utf-8")
    for part in ("How well it forecasts", "What the export tells", "What it cannot tell"):
        assert part in page
    assert b"example.org" in (tmp_path / "practice.csv").read_bytes()
    made = [file for file in tmp_path.rglob("my-firm*") if file.is_file()]
    assert len(made) == 3
    for file in made:
        assert b"example.org" not in file.read_bytes()


@pytest.mark.slow
def test_splitting_an_effect_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "attribute.md")) == 4
    follow(HOW_TO / "attribute.md", tmp_path)
    assert len(list(tmp_path.glob("why-*.svg"))) == 3
    assert len(list((tmp_path / "results").iterdir())) == 3
    assert (tmp_path / "conflict.png").is_file()
    assert "Sitting together" in (tmp_path / "why.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_explaining_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "explain.md")) == 4
    follow(HOW_TO / "explain.md", tmp_path)
    assert (tmp_path / "log.csv").exists() and (tmp_path / "log.json").exists()


@pytest.mark.slow
def test_deciding_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "decide.md")) == 3
    follow(HOW_TO / "decide.md", tmp_path)
    assert list((tmp_path / "results" / "decide").rglob("*.parquet"))


@pytest.mark.parametrize("page", sorted(HOW_TO.glob("*.md")), ids=lambda page: page.stem)
def test_pictures_and_links_of_a_page_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.slow
def test_command_and_python_of_the_floor_work_as_the_page_shows_them(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "app.md")) == 3
    follow(HOW_TO / "app.md", tmp_path)


@pytest.mark.slow
def test_reporting_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "report.md")) == 2
    follow(HOW_TO / "report.md", tmp_path)
    page = (tmp_path / "compared.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "mine.html").read_text(encoding="utf-8")
    assert "What would change the answer" in page
