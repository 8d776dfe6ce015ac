"""What befalls a machine at work: it is told to end, its clock jumps, two work on one study.

A full disk, missing permissions, killed processes and damaged files: tests/unit/test_stores.py, test_files.py and
test_experiment_commands.py.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sim.app.rooms import DAYS_KEPT, SECONDS_A_DAY, Rooms, Setting
from sim.domain.errors import InputError
from sim.ensemble.experiment import load
from tests.unit.small_studies import exported, plan_of, run
from tests.unit.test_experiment_commands import LONG, environment, smarketing, wait_for_chunk, write


def undisturbed(folder: Path, replications: int = 10) -> dict[str, str]:
    run(plan_of(replications=replications), folder)
    return exported(folder)


# --- Told to end ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_study_that_a_cluster_ends_keeps_what_is_done_and_says_how_to_go_on(executor: str, tmp_path: Path) -> None:
    write(tmp_path, **LONG)
    words = ["experiment", "run", "file.toml", "--quiet", "--workers", "1", "--executor", executor]
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{hear}; from sim.cli import main; main()", *words]
    options: dict[str, Any] = {"cwd": tmp_path, "env": environment(), "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, **options)
    wait_for_chunk(tmp_path / "results/own-name")
    process.terminate()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "Go on with: smarketing experiment resume --store results/own-name" in err
    assert load(tmp_path / "results/own-name").status.done > 0


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_a_command_that_cannot_hear_ctrl_c_still_ends_when_it_is_told_to() -> None:
    code = (
        "import signal, os, time; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "from sim.cli import _end_as_by_ctrl_c; signal.signal(signal.SIGTERM, _end_as_by_ctrl_c);"
        "os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), timeout=60, check=False)
    assert done.returncode == -signal.SIGTERM


# --- Clocks -----------------------------------------------------------------------------------------------------------


class Clock:
    """A clock that somebody sets while it runs."""

    now = 1e9

    def __call__(self) -> float:
        return self.now


def test_a_study_is_the_same_on_a_machine_whose_clock_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = undisturbed(tmp_path / "whole")
    times = iter(range(10**6))
    monkeypatch.setattr(time, "time", lambda: 2e9 if next(times) % 2 else 0.0)
    monkeypatch.setattr(time, "time_ns", lambda: 2 * 10**18 if next(times) % 2 else 0)
    assert undisturbed(tmp_path / "jumping") == whole


def test_files_dated_in_the_future_or_long_ago_are_read_as_any_others(tmp_path: Path) -> None:
    whole = undisturbed(tmp_path / "store")
    for number, path in enumerate(sorted(path for path in (tmp_path / "store").rglob("*") if path.is_file())):
        os.utime(path, (0, 0) if number % 2 else (4e9, 4e9))
    assert run(plan_of(), tmp_path / "store").status.state == "complete"
    assert exported(tmp_path / "store") == whole


def test_a_clock_that_is_put_back_deletes_no_room_and_keeps_none_for_ever(tmp_path: Path) -> None:
    clock = Clock()
    rooms = Rooms(tmp_path / "class.sqlite", clock)
    room = rooms.begin(Setting(scenario="micro", quarters=1))
    clock.now -= 5 * 365 * SECONDS_A_DAY
    rooms.forget_old()
    assert rooms.codes() == [room.code]
    clock.now = room.ends + 1
    rooms.forget_old()
    assert rooms.codes() == []
    assert room.ends - room.began == DAYS_KEPT * SECONDS_A_DAY


# --- Two who work on one study ----------------------------------------------------------------------------------------


def _write(folder: str, replications: int) -> str:
    """Run a study; what is said where another process is at it."""
    try:
        run(plan_of(replications=replications), Path(folder), extend=True)
    except InputError as error:
        return error.rule
    return ""


@pytest.mark.slow
def test_two_who_extend_one_study_at_once_make_what_one_would_have_made(tmp_path: Path) -> None:
    whole = undisturbed(tmp_path / "whole", 60)
    run(plan_of(), tmp_path / "store")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        said = pool.starmap(_write, [(str(tmp_path / "store"), 60), (str(tmp_path / "store"), 60)])
    assert set(said) <= {"", "is being worked on by another process"}
    assert "" in said
    assert exported(tmp_path / "store") == whole


@pytest.mark.slow
def test_who_is_second_is_told_so_on_the_command_line(tmp_path: Path) -> None:
    from filelock import FileLock

    write(tmp_path)
    assert smarketing(tmp_path, "experiment", "run", "file.toml", "--quiet").returncode == 0
    with FileLock(tmp_path / "results/own-name/.lock"):
        second = smarketing(tmp_path, "experiment", "resume", "--store", "results/own-name", "--quiet")
    assert second.returncode == 2
    assert "is being worked on by another process" in second.stderr
    assert "Wait until it has finished" in second.stderr
