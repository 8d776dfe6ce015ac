"""Every example of the documentation and the Python of the README run."""

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
