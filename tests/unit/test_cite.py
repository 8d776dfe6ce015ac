"""A user can cite what was run: as text, for BibTeX and as a citation file, with the version that made the results."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from sim.cli import app
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble import provenance
from sim.ensemble.provenance import version
from sim.report.citation import FORMS, citation_text, cited

ROOT = Path(__file__).parents[2]


def asked(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["cite", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_title_version_and_results_version(form: str) -> None:
    text = " ".join(asked("--format", form).split())
    assert version() in text
    assert "sales–marketing organizations" in text
    assert f"esults version {RESULTS_VERSION}" in text or f'"results_version": {RESULTS_VERSION}' in text


def test_a_citation_file_of_the_checkout_says_what_the_command_says() -> None:
    here: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert asked("--format", "cff") == (ROOT / "CITATION.cff").read_text(encoding="utf-8"), "run make docs"
    assert {"cff-version", "message", "title", "authors", "version"} <= here.keys()


def test_one_version_stands_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    here = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    shown = CliRunner().invoke(app, ["--version"]).output.strip()
    assert here["version"] == project["version"] == version()
    assert shown == f"smarketing {project['version']}"
    assert here["license"] == project["license"]


def test_a_bibtex_entry_can_be_read_by_bibtex() -> None:
    text = asked("--format", "bibtex")
    assert re.match(r"@software\{smarketing-[\d-]+,\n", text)
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", text, flags=re.MULTILINE))
    assert {"title", "author", "version", "note"} <= fields.keys()
    assert text.count("{") == text.count("}")
    assert not re.search(r"(?<!\\)[&%#_]", "".join(fields.values()))


def test_json_has_all_fields_and_python_gives_the_same() -> None:
    found = json.loads(asked("--format", "json"))
    assert found == cited()
    assert citation_text("text").startswith("The smarketing authors")


def test_an_unknown_form_is_refused_by_name() -> None:
    done = CliRunner().invoke(app, ["cite", "--format", "bibtx"])
    assert "must be one of text, bibtex, cff, json" in str(done.exception)


# --- The changelog ----------------------------------------------------------------------------------------------------

KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Results changed"}
HEADING = re.compile(r"Unreleased|\[?\d+\.\d+\.\d+\]? [–-] \d{4}-\d{2}-\d{2}")


def test_the_changelog_keeps_the_form_that_it_promises() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    releases = [line[3:] for line in lines if line.startswith("## ")]
    assert all(HEADING.fullmatch(line) for line in releases)
    assert releases[0] == "Unreleased" or releases[0].strip("[").startswith(version())
    kinds = {line[4:].partition(":")[0].strip() for line in lines if line.startswith("### ")}
    assert kinds <= KINDS, kinds - KINDS


def test_the_changelog_tells_of_the_results_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("### Results changed")[2]
    assert f"- `RESULTS_VERSION` {RESULTS_VERSION}:" in text


def test_the_commit_is_told_of_a_checkout_and_of_a_worktree_of_it(tmp_path, monkeypatch):
    def told(folder: Path) -> str | None:
        monkeypatch.setattr(provenance, "__file__", str(folder / "sim" / "ensemble" / "provenance.py"))
        return provenance.commit()

    git = tmp_path / "checkout" / ".git"
    own = git / "worktrees" / "mine"
    for path, text in {
        git / "HEAD": "ref: refs/heads/main\n",
        git / "refs/heads/main": "abc1\n",
        git / "packed-refs": "# pack-refs\ndef2 refs/heads/other\n",
        own / "HEAD": "ref: refs/heads/other\n",
        own / "commondir": "../..\n",
        tmp_path / "mine" / ".git": f"gitdir: {own}\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert told(tmp_path / "checkout") == "abc1"
    assert told(tmp_path / "mine") == "def2"
    (own / "HEAD").write_text("0123\n", encoding="utf-8")
    assert told(tmp_path / "mine") == "0123"
    assert told(tmp_path / "installed") is None
