"""Blocks that would take minutes, or need a file of the reader's own: run with what is said here beside them.

Options are added to commands, or values in Python and plans are changed, and files are made under the names that a page
uses. Nothing else differs from what stands on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from docs.examples.check_your_data import practice_deals
from tests.exports import made_up
from tests.pages import ROOT, do, shown

HALF_A_YEAR = "--set run.days=130"


# --- Files of the reader's --------------------------------------------------------------------------------------------


def write_deals(path: Path) -> None:
    """An export of a few hundred deals as HubSpot writes it."""
    practice_deals().head(400).to_csv(path, index=False)


def write_french_deals(path: Path) -> None:
    """An export with the headers, stages and dates of the mapping in docs/imports.md."""
    deals = made_up(weeks=26, mean=10)
    deals["status"] = deals["status"].map({"won": "Gagné", "lost": "Perdu"})
    for name in ("created", "closed"):
        deals[name] = deals[name].dt.strftime("%d/%m/%Y")
    names = dict(created="Ouvert le", closed="Clôturé le", status="Étape", amount="Montant", owner="Vendeur")
    deals[list(names)].rename(columns=names).to_csv(path, index=False)


def write_plan(path: Path) -> None:
    """A plan of two points of a small firm."""
    path.write_text(
        'scenario = "micro"\nreplications = 2\n[design]\nkind = "grid"\n[factors]\n"people.reps" = [2, 3]\n'
    )


def write_firm(path: Path) -> None:
    """The scenario that the README shows."""
    (text,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    path.write_text(text, encoding="utf-8")


# --- Blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """Blocks of a page that are run one after the other in a folder.

    Attributes
    ----------
    page : str
        Its file.
    starts : tuple of str
        Beginnings of the blocks.
    files : mapping
        What writes the reader's files, by name.
    less : mapping
        By beginning of a command: options that shorten it.
    left_out : mapping
        By command: the reason (of test_snippets), or the page that is followed and has it.
    changed : mapping
        Text that is put in place of other text, in all blocks.
    saved : mapping
        Names under which TOML is saved, by its beginning.
    made : tuple of str
        Files that are there in the end.
    """

    page: str
    starts: tuple[str, ...]
    files: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)
    less: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()


RUNS = {
    "export": Run(
        "README.md",
        ("smarketing calibrate my-export.csv",),
        files={"my-export.csv": write_deals},
        less={"smarketing demo": "--replications 2 --scenario micro"},
        made=("my-export.html", "results/mine/report.html"),
    ),
    "commands": Run(
        "README.md",
        ("smarketing run mid",),
        files={"my.toml": write_firm},
        less={
            "smarketing compare": f"--replications 2 {HALF_A_YEAR}",
            "smarketing scenario new": "--force",
        },
        left_out={
            "smarketing attribute mid --interventions liaison,collocation --by mechanisms": "docs/how-to/attribute.md",
            "smarketing app": "serves",
            "smarketing validate --quick": "test_validation",
            "smarketing decide mid --budget 50k": "docs/how-to/decide.md",
            "smarketing doctor --bytes": "docs/releases.md",
        },
        made=("s.csv", "e.parquet"),
    ),
    "studies": Run(
        "README.md",
        ("smarketing experiment list",),
        files={"my-firm.toml": write_firm},
        less={"smarketing experiment run": "--replications 2 --scenario micro"},
        made=("results/grid/report.html", "results/grid/export/runs.csv"),
    ),
    "causes": Run(
        "README.md",
        ("smarketing attribute mid",),
        less={
            "smarketing attribute mid --interventions": f"--replications 2 {HALF_A_YEAR}",
            "smarketing attribute mid --relationships": f"--replications 2 --orders 10 {HALF_A_YEAR}",
        },
        made=("why.html",),
    ),
    "plan": Run(
        "docs/experiments.md",
        ('name = "my-study"', "smarketing experiment run my-study"),
        changed={"replications = 200": "replications = 2", '["small", "mid", "large"]': '["micro", "small"]'},
        saved={'name = "my-study"': "my-study.toml"},
        made=("results/my-study/export/runs.csv",),
    ),
    "reading": Run(
        "docs/experiments.md",
        ("smarketing experiment run contingency", "import sim"),
        changed={"--replications 60": "--replications 2"},
        made=("results/contingency/report.html", "results/pictures/contingency-map-bookings_new.png", "comparison.svg"),
    ),
    "shipped": Run(
        "experiments/README.md",
        ("smarketing experiment list",),
        files={"my-plan.toml": write_plan},
        left_out={"smarketing experiment run grid --store results/grid": "README.md"},
        made=("results/mine/store.json",),
    ),
    "mapping": Run(
        "docs/imports.md",
        ("smarketing calibrate EXPORT", 'unit = "opportunity"', "smarketing calibrate EXPORT"),
        files={"export.csv": write_french_deals},
        changed={"EXPORT": "export.csv"},
        saved={'unit = "opportunity"': "mapping.toml"},
    ),
}


def blocks_of(run: Run) -> list[tuple[str, str]]:
    """Language and text of the blocks as they are run."""
    text = (ROOT / run.page).read_text(encoding="utf-8")
    return [step for start in run.starts for step in [_as_run(run, *_only(_blocks(text), start))]]


def _blocks(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def _only(there: list[tuple[str, str]], start: str) -> tuple[str, str]:
    return next((language, code) for language, code in there if code.startswith(start))


def _as_run(run: Run, language: str, code: str) -> tuple[str, str]:
    for old, new in run.changed.items():
        code = code.replace(old, new)
    if language == "toml":
        return language, f"# {next(name for start, name in run.saved.items() if code.startswith(start))}\n{code}"
    if language == "python":
        return language, code
    return "sh", "\n".join(f"{line} {_options(run, line)}" for line in shown(code) if line not in run.left_out)


def _options(run: Run, line: str) -> str:
    return " ".join(options for start, options in run.less.items() if line.startswith(start))


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_blocks_work_when_shortened(name: str, tmp_path: Path) -> None:
    run = RUNS[name]
    for file, write in run.files.items():
        write(tmp_path / file)
    do(blocks_of(run), tmp_path)
    assert [made for made in run.made if not (tmp_path / made).exists()] == []


@pytest.mark.parametrize("name", RUNS)
def test_nothing_is_said_of_a_command_or_text_that_is_gone(name: str) -> None:
    run = RUNS[name]
    text = (ROOT / run.page).read_text(encoding="utf-8")
    lines = [line for start in run.starts for line in shown(_only(_blocks(text), start)[1])]
    assert {start for start in run.less if not any(line.startswith(start) for line in lines)} == set()
    assert set(run.left_out) <= set(lines)
    assert [old for old in run.changed if old not in text] == []
    for command, where in run.left_out.items():
        assert "/" not in where or command.split(" --")[0].rsplit(" ", 1)[0] in (ROOT / where).read_text(
            encoding="utf-8"
        )


def test_the_practice_export_is_the_one_that_the_mapping_tells_of(tmp_path: Path) -> None:
    write_french_deals(tmp_path / "export.csv")
    page = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    columns = re.findall(
        r'^\w+ = "(\w+ ?\w*)"$', page[page.index("[columns]") : page.index("[status]")], flags=re.MULTILINE
    )
    assert set(columns) == set(pd.read_csv(tmp_path / "export.csv").columns)
