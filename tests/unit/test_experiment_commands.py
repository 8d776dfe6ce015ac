"""The commands about studies: what they print, how they end, and that no traceback reaches a user."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from experiments.robustness import dask_cluster, kill, measure_kills
from sim.ensemble.experiment import load
from tests.unit.small_studies import exported

PLAN = """
name = "own-name"
scenario = "micro"
replications = {replications}
outcomes = ["profit"]
{more}
[design]
kind = "grid"
[factors]
relationship = ["undefined", "integrated"]
"run.days" = [{days}]
"people.reps" = [1, 2]
"people.generalists" = {generalists}
"""
#: Short runs for what is quick, long ones for what is to be interrupted.
QUICK: dict[str, Any] = {"replications": 12, "more": "", "days": 20, "generalists": "[0]"}
LONG = QUICK | {"replications": 20_000, "days": 250}
POISON = QUICK | {"generalists": "[0, 2]"}


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "120"}


def command(*words: str) -> list[str]:
    """A command in a process that hears Ctrl-C; what a shell starts in the background does not."""
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    return [sys.executable, "-c", f"{hear}; from sim.cli import main; main()", *words]


def smarketing(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; whatever happens, without a traceback."""
    done = subprocess.run(
        command(*words), cwd=folder, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def write(folder: Path, **content: Any) -> None:
    (folder / "file.toml").write_text(PLAN.format(**(QUICK | content)))


@pytest.mark.slow
def test_a_study_is_run_shown_exported_and_made_again(tmp_path: Path) -> None:
    write(tmp_path)
    ran = smarketing(tmp_path, "experiment", "run", "file.toml", "--quiet")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("own-name in results/own-name: complete\n48 of 48 runs done; 12 replications complete")
    status = smarketing(tmp_path, "experiment", "status", "file.toml", "--format", "json")
    assert json.loads(status.stdout)["done"] == 48
    assert smarketing(tmp_path, "experiment", "export", "file.toml", "--format", "csv").returncode == 0
    lines = (tmp_path / "results/own-name/export/runs.csv").read_text().splitlines()
    assert len(lines) == 49
    assert smarketing(tmp_path, "replay", "results/own-name").returncode == 0


@pytest.mark.slow
def test_a_poison_point_is_told_with_its_error_and_by_the_exit_code(tmp_path: Path) -> None:
    write(tmp_path, **POISON)
    for words in (["run", "file.toml", "--quiet"], ["resume", "file.toml", "--quiet"], ["status", "file.toml"]):
        done = smarketing(tmp_path, "experiment", *words)
        assert done.returncode == 1
        assert "Failed runs: 2. Points that cannot be run at all: 2." in done.stdout
        assert "generalists" in done.stdout
        assert "72 of 74 runs done" in done.stdout


@pytest.mark.slow
def test_a_study_that_stops_at_an_error_says_how_to_go_on(tmp_path: Path) -> None:
    write(tmp_path, **POISON | {"more": 'on_error = "stop"'})
    done = smarketing(tmp_path, "experiment", "run", "file.toml", "--quiet")
    assert done.returncode == 1
    assert "Stopped by a run that failed" in done.stderr
    assert 'give the plan on_error = "record" and run it again' in done.stderr
    write(tmp_path, **POISON)
    assert "72 of 74 runs done" in smarketing(tmp_path, "experiment", "run", "file.toml", "--quiet").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("experiment run none.toml", "smarketing: none.toml: "),
        ("experiment status", "smarketing: --store: must be given"),
        ("experiment status --store nowhere", "smarketing: --store: must be the folder of a study"),
        ("experiment run file.toml --executor thread", "smarketing: --executor: must be one of"),
        (
            "experiment run file.toml --executor dask --address tcp://127.0.0.1:9 --quiet",
            "--address: cannot be reached",
        ),
        ("experiment run file.toml --part 3/2", "smarketing: --part: must look like K/N"),
        ("experiment run file.toml --store file.toml", "smarketing: --store: must be a folder that can be written"),
        ("experiment run file.toml --store .", "smarketing: --store: must be empty or hold a study"),
        ("experiment merge nowhere --store all", "smarketing: --store: must be the folder of a study"),
        ("replay nowhere", "smarketing: RESULT: cannot be read"),
        ("replay .", "smarketing: --store: must be the folder of a study"),
    ],
)
def test_what_cannot_be_is_refused_plainly_with_exit_code_2(words: str, told: str, tmp_path: Path) -> None:
    write(tmp_path)
    done = smarketing(tmp_path, *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def wait_for_chunk(store: Path) -> None:
    """Wait until a study has written something."""
    end = time.monotonic() + 60
    while not any((store / "runs").glob("*.parquet")):
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["threads", "processes", "dask"])
def test_an_interrupted_study_keeps_what_is_done_and_says_how_to_go_on(executor: str, tmp_path: Path) -> None:
    write(tmp_path, **LONG)
    words = ["experiment", "run", "file.toml", "--quiet", "--workers", "1", "--executor", executor]
    process = subprocess.Popen(
        command(*words),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for_chunk(tmp_path / "results/own-name")
    second = smarketing(tmp_path, *words)
    assert second.returncode == 2
    assert "--store: is being worked on by another process" in second.stderr
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all processes
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in out + err
    assert re.search(r"Interrupted: \d+ of 80000 runs are kept", err)
    assert "Go on with: smarketing experiment resume --store results/own-name" in err
    study = load(tmp_path / "results/own-name")
    assert study.status.state == "incomplete"
    assert study.status.done > 0


@pytest.mark.slow
def test_a_study_that_is_killed_again_and_again_is_the_undisturbed_one() -> None:
    ((_, kills, _, is_equal),) = measure_kills(5, 4, ["2 threads"])
    assert kills >= 3
    assert is_equal


@pytest.mark.slow
def test_a_scheduler_that_dies_is_told_plainly_and_what_is_done_is_kept(tmp_path: Path) -> None:
    write(tmp_path, **LONG)
    with ExitStack() as stack:
        address, (scheduler, *_), _ = dask_cluster(stack)
        words = ["experiment", "run", "file.toml", "--quiet", "--executor", "dask", "--address", address]
        options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen(command(*words), cwd=tmp_path, env=environment(), **options)
        wait_for_chunk(tmp_path / "results/own-name")
        kill(scheduler)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("smarketing: --executor: the scheduler is gone, got no result\nStart it again.")
    assert "What is done is kept" in err
    assert load(tmp_path / "results/own-name").status.done > 0


@pytest.mark.slow
def test_a_terminal_shows_a_bar_with_rate_and_time_left(tmp_path: Path) -> None:
    write(tmp_path, **LONG | {"replications": 400})
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("experiment", "run", "file.toml", "--workers", "1"),
        cwd=tmp_path,
        env=environment() | {"TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
    os.close(ours)
    assert process.returncode == 0
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert re.search(r"\d+/1600", shown)
    assert re.search(r"\d+/s", shown)
    assert re.search(r"\d:\d\d:\d\d", shown)


@pytest.mark.slow
def test_parts_are_run_and_merged(tmp_path: Path) -> None:
    write(tmp_path)
    for number in (1, 2):
        options = ["--part", f"{number}/2", "--store", f"part{number}", "--quiet"]
        smarketing(tmp_path, "experiment", "run", "file.toml", *options)
    merged = smarketing(tmp_path, "experiment", "merge", "part1", "part2", "--store", "all")
    assert merged.returncode == 0
    assert merged.stdout.startswith("48 runs taken in, 0 known already.\nown-name in all: complete")
    smarketing(tmp_path, "experiment", "run", "file.toml", "--store", "whole", "--quiet")
    assert exported(tmp_path / "all") == exported(tmp_path / "whole")
