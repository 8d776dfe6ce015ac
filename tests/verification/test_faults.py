"""Deliberate faults, one of each kind of check, are caught by the check that is there for them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from verification.checks import CHECKS, KINDS

ROOT = Path(__file__).resolve().parents[2]
FAULTS = sorted((Path(__file__).parent / "faults").glob("*.patch"))
TREE = ("sim", "verification", "scenarios", "experiments", "tests", "benchmarks")


def caught_by(patch: Path) -> str:
    found = re.search(r"^Caught by: (\S+)$", patch.read_text("utf-8"), re.MULTILINE)
    assert found is not None, f"{patch.name} does not say which check is there for it"
    return found[1]


def verify(tree: Path, checks: list[str]) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, findings and what was printed of a quick verification of some checks."""
    out = tree / "found.json"
    command = [sys.executable, "-m", "verification", "--quick", "--only", *checks, "--json", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(out.read_text("utf-8")) if out.exists() else [], done.stdout + done.stderr


def copy_of_tree(folder: Path) -> Path:
    for name in TREE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "screenshots"))
    return folder


def with_fault(folder: Path, patch: Path) -> Path:
    tree = copy_of_tree(folder)
    # Whole lines before the first "diff" are for people; git passes over them.
    applied = subprocess.run(["git", "apply", str(patch)], cwd=tree, capture_output=True, text=True, check=False)
    assert applied.returncode == 0, f"{patch.name} does not fit the code any more: {applied.stderr}"
    return tree


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, list[dict[str, Any]], str]]:
    """Every faulty tree verified, and the sound one, two at a time: two of the faults have to be compiled."""

    def one(patch: Path | None) -> tuple[int, list[dict[str, Any]], str]:
        folder = tmp_path_factory.mktemp(patch.stem if patch else "sound")
        if patch is None:
            return verify(copy_of_tree(folder), [caught_by(fault) for fault in FAULTS])
        return verify(with_fault(folder, patch), [caught_by(patch)])

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, [*FAULTS, None]))
    return dict(zip([*(patch.stem for patch in FAULTS), "sound"], found, strict=True))


def test_there_is_a_fault_of_each_kind() -> None:
    from verification import catalogue

    catalogue.load()
    kinds = {CHECKS[caught_by(patch)].kind for patch in FAULTS}
    assert kinds == set(KINDS) == {patch.stem for patch in FAULTS}


@pytest.mark.slow
@pytest.mark.parametrize("patch", FAULTS, ids=lambda patch: patch.stem)
def test_a_fault_makes_verification_fail_with_the_check_that_is_there_for_it(patch, verified) -> None:
    code, found, told = verified[patch.stem]
    assert [one["check"] for one in found if not one["passed"]] == [caught_by(patch)], told
    assert code == 1
    assert f"FAILED: {caught_by(patch)}" in told


@pytest.mark.slow
def test_without_the_faults_the_same_checks_pass(verified) -> None:
    code, found, told = verified["sound"]
    assert code == 0, told
    assert {one["check"] for one in found} == {caught_by(patch) for patch in FAULTS}
    assert all(one["passed"] for one in found)
