"""Every example of the documentation runs, and every command that the README shows exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.spec.catalogue import interventions, load_scenario, relationships
from sim.spec.resolve import blueprint_of

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.py"))
QUICK = {"paired_luck": ["4"]}


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(example), *QUICK.get(example.stem, [])]
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path, env=there)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 2


def readme_commands() -> list[str]:
    """Commands of the README that run in a moment: those of its list, without their comments and alternatives."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^smarketing (?:run|compare|doctor|evidence|explain).*$", text, flags=re.MULTILINE)
    return [re.split(r"\s{2,}", line)[0] for line in lines]


def test_the_readme_shows_commands() -> None:
    assert len(readme_commands()) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("command", readme_commands())
def test_a_command_of_the_readme_works(command: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sim", *command.split()[1:]]
    if "compare" in words:
        words += ["--replications", "2", "--set", "run.days=130"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def study_commands() -> list[list[str]]:
    """Commands of the README's part about studies, in their order, as words."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^smarketing (?:experiment|report|replay) .*$", text, flags=re.MULTILINE)
    return [re.split(r"\s{2,}", line)[0].split()[1:] for line in lines]


@pytest.mark.slow
def test_the_commands_about_studies_work_in_their_order(tmp_path: Path) -> None:
    commands = study_commands()
    assert [words[:2] for words in commands[:2]] == [["experiment", "list"], ["experiment", "run"]]
    for words in commands:
        small = ["--scenario", "micro", "--replications", "2"] if "run" in words else []
        command = [sys.executable, "-m", "sim", *words, *small]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout
    assert (tmp_path / "results/grid/report.html").is_file()
    assert (tmp_path / "results/grid/export/runs.csv").is_file()


def readme_python(word: str) -> str:
    """The Python of the README that holds a word."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = [block for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL) if word in block]
    return str(code)


@pytest.mark.slow
def test_the_python_of_the_readme_works() -> None:
    namespace: dict[str, object] = {}
    exec(readme_python("sim.run").replace("replications=100", "replications=2"), namespace)
    assert namespace["types"]


@pytest.mark.slow
def test_the_default_study_of_the_readme_is_six_lines_and_works_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of its 18,400 runs, of a firm of five instead of sixty."""
    code = readme_python("sim.experiment")
    assert len(code.strip().splitlines()) <= 6
    code = code.replace("replications=200", "replications=200, scenario='micro'")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    status = namespace["study"].status
    assert (status.state, status.failed, status.balanced) == ("complete", 0, 200)
    assert status.done == 200 * len(relationships()) * (1 + len(interventions()))
    assert (tmp_path / "grid.png").read_bytes().startswith(b"\x89PNG")


def test_the_scenario_of_the_readme_is_good(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (content,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "hard_spring.toml").write_text(content, encoding="utf-8")
    scenario = load_scenario(str(tmp_path / "hard_spring.toml"))
    assert [entry.day for entry in scenario.entries] == [65, 130]
    assert blueprint_of(scenario)
