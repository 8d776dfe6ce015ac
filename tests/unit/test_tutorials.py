"""Tutorials, the newcomer's path and the explanation work as they stand, from top to bottom, in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import ROOT, blocks, follow

DOCS = ROOT / "docs"
TUTORIALS = DOCS / "tutorials"
PAGES = [*sorted(TUTORIALS.glob("*.md")), *(DOCS / f"{name}.md" for name in ("newcomer", "model", "limits", "design"))]


def headings(page: Path) -> set[str]:
    """Anchors of a page as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_pages_and_headings_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = target.partition("#")
        there = page.parent / file if file else page
        assert there.exists(), target
        assert not heading or heading in headings(there), target


@pytest.mark.parametrize("name", ["strategist", "instructor", "researcher"])
def test_a_tutorial_says_how_long_what_was_learnt_and_where_to_go_on(name: str) -> None:
    text = (TUTORIALS / f"{name}.md").read_text(encoding="utf-8")
    minutes = [int(number) for number in re.findall(r"^## \d+\. .*\((\d+) minutes?\)$", text, flags=re.MULTILINE)]
    assert 15 <= sum(minutes) <= 30
    assert "## What you have learnt" in text and "## Where to go on" in text


@pytest.mark.slow
def test_the_newcomers_path_works_as_the_page_shows_it(tmp_path: Path) -> None:
    assert len(blocks(DOCS / "newcomer.md")) == 6
    follow(DOCS / "newcomer.md", tmp_path)
    assert "Weekly stand-up" in (tmp_path / "results" / "my-study" / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_strategists_tutorial_ends_with_a_page_for_the_board(tmp_path: Path) -> None:
    assert len(blocks(TUTORIALS / "strategist.md")) == 5
    follow(TUTORIALS / "strategist.md", tmp_path, allowed=(0, 3))  # 3: nothing can be told from doing nothing
    assert "Regime break" in (tmp_path / "practice.html").read_text(encoding="utf-8")
    assert "What would change the answer" in (tmp_path / "decision.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_instructors_tutorial_gives_the_figures_of_the_key(tmp_path: Path) -> None:
    page = TUTORIALS / "instructor.md"
    assert len(blocks(page)) == 2
    follow(page, tmp_path, allowed=(0, 1))  # 1: `doctor` misses a part that a test machine lacks
    key = (DOCS / "teaching" / "answer-key.md").read_text(encoding="utf-8")
    assert re.search(r"\| Undefined \|.*\| 17\.3 \|", key) and re.search(r"\| Aligned \|.*\| 3\.3 \|", key)


@pytest.mark.slow
def test_the_researchers_tutorial_ends_with_an_archive(tmp_path: Path) -> None:
    assert len(blocks(TUTORIALS / "researcher.md")) == 12
    follow(TUTORIALS / "researcher.md", tmp_path)
    assert (tmp_path / "agenda-study.zip").stat().st_size > 10_000


def test_the_walk_of_a_lead_is_that_of_the_page() -> None:
    page = (DOCS / "model.md").read_text(encoding="utf-8")
    [(_, shown)] = blocks(DOCS / "model.md")
    found: list[str] = []
    exec(compile(shown, "model.md", "exec"), {"print": found.append})
    assert f"```\n{found[0]}\n```" in page
    shares = shares_of_inquiries()
    for share, sentence in zip(shares, ("put away by marketing", "lapsed", "turned down after contact"), strict=False):
        assert re.search(rf"\b{100 * share:.0f} % were (handed off and\s+)?{sentence}", page), (share, sentence)
    assert f"and {100 * shares[3]:.0f} % were won" in page


def shares_of_inquiries() -> list[float]:
    """Shares of the small firm's inquiries that were put away, lapsed, were turned down, were won."""
    import sim

    log = sim.run("small", seed=1).event_log()
    ways = log.groupby("case")["activity"].agg(list)
    came = [way for way in ways if way[0] == "came in"]
    last = [way[-1] for way in came]
    won = sum("won" in way for way in came)
    return [*(last.count(end) / len(came) for end in ("put away", "lapsed", "turned down")), won / len(came)]
