"""Every block of code of the documentation is run by a test, or cannot be, for one of few reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.reference_pages import all_commands
from tests.pages import ROOT, follow

FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md", "experiments/*.md", "examples/*/*.md")
UNIT = ROOT / "tests" / "unit"

#: Pages that tests follow from top to bottom, by the file of the test, which names the page.
FOLLOWED = {
    "test_how_to": "check-your-data calibrate attribute explain decide app report write-a-scenario add-an-intervention "
    "run-on-a-cluster read-the-report publish-a-study query-a-study teach-a-class",
    "test_tutorials": "newcomer strategist instructor researcher model",
    "test_assessment_report": "assess",
    "test_snippets": "map releases",
}
#: Why a block is not run, and no other reasons.
REASONS = {
    "sets up": "installs or fetches what the test already stands on",
    "serves": "starts what goes on until it is stopped",
    "hours": "computes for an hour; its quick form is a test of its own",
    "shown": "is no code: what is printed, or a table",
}
#: Other blocks by page and start of their first line: test that runs or reads them, or reason.
OTHERS = {
    ("README.md", "make demo"): "sets up",
    ("README.md", "python3 -m venv"): "sets up",
    ("README.md", "smarketing calibrate my-export.csv"): "test_shortened",
    ("README.md", "smarketing run mid"): "test_shortened",
    ("README.md", 'name = "A hard spring"'): "test_examples",
    ("README.md", "import sim"): "test_examples",
    ("README.md", "smarketing experiment list"): "test_shortened",
    ("README.md", "smarketing attribute mid"): "test_shortened",
    ("README.md", "$ smarketing explain mid"): "test_explain",
    ("docs/experiments.md", 'name = "my-study"'): "test_plans",
    ("docs/experiments.md", "replications = "): "test_plans",
    ("docs/experiments.md", "[design]"): "test_plans",
    ("docs/experiments.md", 'scenario = "small"'): "test_plans",
    ("docs/experiments.md", "my-study.toml: "): "shown",
    ("docs/experiments.md", "from sim.ensemble.sampling"): "test_plans",
    ("docs/experiments.md", "smarketing experiment run my-study"): "test_shortened",
    ("docs/experiments.md", "smarketing experiment run contingency"): "test_shortened",
    ("docs/experiments.md", "import sim"): "test_shortened",
    ("docs/how-to/run-on-a-cluster.md", "dask scheduler"): "serves",
    ("docs/how-to/run-on-a-cluster.md", "smarketing experiment run sizes"): "serves",
    ("docs/how-to/teach-a-class.md", ".venv/bin/pip install"): "sets up",
    ("docs/imports.md", "smarketing calibrate EXPORT"): "test_shortened",
    ("docs/imports.md", 'unit = "opportunity"'): "test_shortened",
    ("docs/index.md", "make demo"): "sets up",
    ("docs/model.md", " day "): "shown",
    ("docs/newcomer.md", "git clone"): "sets up",
    ("docs/newcomer.md", "make demo"): "sets up",
    ("docs/newcomer.md", ". .venv/bin/activate"): "sets up",
    ("docs/robustness.md", "make fuzz"): "hours",
    ("docs/robustness.md", "make mutants"): "hours",
    ("docs/serving.md", "pip install"): "sets up",
    ("docs/tutorials/instructor.md", "smarketing app"): "serves",
    ("experiments/README.md", "smarketing experiment list"): "test_shortened",
    ("examples/smarketing-sdr/README.md", "pip install"): "sets up",
}


def blocks() -> Iterator[tuple[str, str, str]]:
    """Page, language and text of every block; those that only the site reads, such as lists of pages, are left out."""
    for path in sorted({path for pattern in FILES for path in ROOT.glob(pattern)}):
        text = path.read_text(encoding="utf-8")
        for language, code in re.findall(r"^ *```([^\n]*)\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE):
            if not language.startswith("{"):
                yield path.relative_to(ROOT).as_posix(), language, code


def is_followed(page: str, language: str, code: str) -> bool:
    """Whether a test that follows the page runs a block of it."""
    names = {name for pages in FOLLOWED.values() for name in pages.split()}
    is_run = language in ("sh", "python") or (language == "toml" and bool(re.match(r"# [\w-]+\.toml\n", code)))
    return is_run and Path(page).stem in names


def account_of(page: str, code: str) -> str:
    """Test or reason of a block that is not followed, or nothing."""
    return next((why for (there, start), why in OTHERS.items() if there == page and code.startswith(start)), "")


def test_every_block_is_run_or_says_why_not() -> None:
    found = list(blocks())
    assert len(found) > 100
    missing = [
        f"{page}: {code.splitlines()[0]}"
        for page, language, code in found
        if page != "docs/how-to/extend.md" and not is_followed(page, language, code) and not account_of(page, code)
    ]
    assert not missing, "run them, or say in OTHERS why not:\n" + "\n".join(missing)


def test_no_account_is_of_a_block_that_is_gone() -> None:
    found = [(page, code) for page, language, code in blocks() if not is_followed(page, language, code)]
    gone = [key for key in OTHERS if not any(page == key[0] and code.startswith(key[1]) for page, code in found)]
    assert not gone


def test_tests_that_are_said_to_run_blocks_name_their_pages() -> None:
    for (page, _), why in OTHERS.items():
        assert why in REASONS or Path(page).name in (UNIT / f"{why}.py").read_text(encoding="utf-8"), (page, why)
    for module, pages in {**FOLLOWED, "test_extensions": "extend"}.items():
        text = (UNIT / f"{module}.py").read_text(encoding="utf-8")
        for page in pages.split():
            assert re.search(rf'"{page}(\.md)?"', text), (module, page)


# --- Commands, also those that are not run ----------------------------------------------------------------------------


def shown_commands() -> list[tuple[str, str]]:
    """Page and line of every command that a block shows, without what is said about it."""
    lines = [
        (page, re.split(r"\s{2,}|\s#| \| ", line.removeprefix("$ "))[0])
        for page, _, code in blocks()
        for line in code.splitlines()
        if re.match(r"(\$ )?smarketing \w", line)
    ]
    return list(dict.fromkeys(lines))


def wrong_in(line: str, known: dict[str, Any]) -> list[str]:
    """Words of a line that are no command or no option of it."""
    words = line.split()
    name = max((each for each in known if f"{line} ".startswith(f"{each} ")), key=len)
    options = {option for each in known[name].params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    is_group = bool(getattr(known[name], "commands", None))
    return words[name.count(" ") + 1 :][:is_group] + [
        word for word in words if word.startswith("--") and word.partition("=")[0] not in options
    ]


def test_every_command_that_is_shown_exists_with_its_options() -> None:
    known = dict(all_commands())
    found = shown_commands()
    assert len(found) > 80
    assert {(page, line): wrong for page, line in found if (wrong := wrong_in(line, known))} == {}


def test_a_command_or_an_option_that_does_not_exist_is_found() -> None:
    known = dict(all_commands())
    assert wrong_in("smarketing compara mid --replications 3", known) == ["compara", "--replications"]
    assert wrong_in("smarketing compare mid --replicatons 3", known) == ["--replicatons"]


@pytest.mark.slow
def test_the_map_works_as_its_page_shows_it(tmp_path: Path) -> None:
    follow(ROOT / "docs" / "map.md", tmp_path)
    assert (tmp_path / "my-place.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_promises_of_a_release_work_as_their_page_shows_them(tmp_path: Path) -> None:
    follow(ROOT / "docs" / "releases.md", tmp_path, allowed=(0, 1))  # 1: a part that a test machine lacks
