"""What a how-to page shows works as it stands, from top to bottom, in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.pages import ROOT, blocks, follow

HOW_TO = ROOT / "docs" / "how-to"
PAGE = HOW_TO / "check-your-data.md"


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
        assert (page.parent / target.partition("#")[0]).exists(), target


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


@pytest.mark.slow
def test_a_scenario_is_written_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "write-a-scenario.md")) == 6
    follow(HOW_TO / "write-a-scenario.md", tmp_path)
    values = (tmp_path / "all-values.csv").read_text(encoding="utf-8")
    assert re.search(r"people\.reps,12", values) and re.search(r"market\.gap_days,12", values)


@pytest.mark.slow
def test_an_intervention_of_ones_own_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "add-an-intervention.md")) == 9
    (tmp_path / "our-firm.toml").write_text('name = "our firm"\n', encoding="utf-8")
    follow(HOW_TO / "add-an-intervention.md", tmp_path)
    page = (tmp_path / "rivals.html").read_text(encoding="utf-8")
    assert "Weekly stand-up" in page


@pytest.mark.slow
def test_a_cluster_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "run-on-a-cluster.md")) == 6
    follow(HOW_TO / "run-on-a-cluster.md", tmp_path)
    assert len({len(list((tmp_path / "results" / n / "runs").iterdir())) for n in ("here", "dask", "cluster")}) == 1


@pytest.mark.slow
def test_reading_a_report_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "read-the-report.md")) == 3
    follow(HOW_TO / "read-the-report.md", tmp_path)


@pytest.mark.slow
def test_publishing_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "publish-a-study.md")) == 6
    follow(HOW_TO / "publish-a-study.md", tmp_path)
    with ZipFile(tmp_path / "agenda-study.zip") as archive:
        held = set(archive.namelist())
    needed = ("store.json", "export/runs.csv", "export/provenance.json", "report.html")
    assert {f"agenda/{name}" for name in needed} <= held


@pytest.mark.slow
def test_asking_a_study_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "query-a-study.md")) == 7
    follow(HOW_TO / "query-a-study.md", tmp_path)


@pytest.mark.slow
def test_a_case_for_a_class_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(HOW_TO / "teach-a-class.md")) == 2
    follow(HOW_TO / "teach-a-class.md", tmp_path, allowed=(0, 1))  # 1: `doctor` misses a part that a test machine lacks
    assert (tmp_path / "key.html").is_file()
