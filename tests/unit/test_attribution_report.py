"""What people see of an attribution: sentences, picture, page, command."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.analysis.attribution import part_rows, split
from sim.analysis.waterfall import draw_waterfall, scale_of, starts
from sim.domain.outcomes import BY_NAME
from sim.report.attribution_words import tell_attribution
from tests.unit.test_experiment_commands import command, environment, smarketing

NAMES = [("a", "First thing"), ("b", "Second thing")]
SHORT = ("--set", "run.days=30", "--set", "run.warmup_days=0")


def rows_of(outcome: str, worth: tuple[float, float, float], spread: float = 0.01, rest: float | None = None) -> Any:
    """Rows of two players who add so much alone and together, give or take a spread, on top of a rest."""
    one, other, both = worth
    luck = np.random.default_rng(1).normal(1.0, spread, 40)
    values = np.array([[rest or 0.0], [one], [other], [both]]) * luck
    found = part_rows(split(values, np.arange(4), has_rest=rest is not None), NAMES, BY_NAME[outcome])
    return [{**row, "mean_before": 4e6, "mean_after": 5e6} for row in found]


def test_a_change_is_told_with_its_sources_and_what_works_against_them() -> None:
    told = tell_attribution(rows_of("profit", (3e6, -1e6, 2e6)))
    assert told[0].startswith("Profit: +2.00 million c.u./year (")
    assert told[0].endswith("from 4.00 to 5.00 million c.u./year, for the better.")
    assert told[1].startswith("It comes from first thing +3.00 (")
    assert "150 % of the whole)" in told[1]
    assert "; against it works second thing −1.00 (" in told[1]


def test_a_change_for_the_worse_is_said_to_be_one() -> None:
    assert tell_attribution(rows_of("profit", (-3e6, -1e6, -4e6)))[0].endswith("for the worse.")


def test_what_is_not_distinguishable_has_no_shares_and_is_no_cause() -> None:
    told = tell_attribution(rows_of("profit", (1e6, 2e6, 3e6), spread=100.0))
    assert "This is not distinguishable from no change, so that no shares are given." in told[0]
    assert told[1:] == ["Not distinguishable from nothing: second thing, first thing."]


def test_parts_that_cancel_out_are_told_without_a_whole() -> None:
    told = tell_attribution(rows_of("profit", (1e6, -1e6, 0.0)))
    assert told[0] == "Profit: no change at all in any replication."
    assert told[1].startswith("Clear parts, which may cancel out: first thing +1.00 (")


def test_who_does_nothing_is_told_apart_from_who_cannot_be_told() -> None:
    assert (
        tell_attribution(rows_of("profit", (1e6, 0.0, 1e6)))[-1]
        == "Exactly nothing in every replication: second thing."
    )


def test_other_ways_are_named_where_they_are_most_of_it() -> None:
    told = tell_attribution(rows_of("profit", (4e6, 4e6, 5e6), rest=3e6))
    assert told[1].startswith("It comes from other ways than these +3.00 (")


def test_a_small_part_is_counted_and_not_named() -> None:
    told = tell_attribution(rows_of("profit", (3e6, -1e5, 2.9e6)))
    assert told[1].endswith("; against it works 1 small part.")


def test_numbers_of_a_picture_have_one_scale() -> None:
    assert scale_of(rows_of("profit", (3e6, -1e6, 2e6)))[:2] == (1e-6, "million c.u./year")
    assert scale_of(rows_of("win_rate", (0.03, 0.01, 0.04)))[:2] == (100.0, "points")
    assert scale_of(rows_of("response_days", (1.0, 1.0, 2.0)))[:2] == (1.4, "days")
    assert scale_of(rows_of("wins", (0.0, 0.0, 0.0))).change(0.0) == "0"
    assert scale_of(rows_of("conflict_per_100", (3.0, 1.0, 4.0))).change(-0.001) == "0.00"


def test_every_bar_begins_where_the_one_before_has_ended() -> None:
    rows = rows_of("profit", (3e6, -1e6, 2e6))
    bars = draw_waterfall(rows, ("A", "B")).axes[0].patches
    assert [bar.get_x() for bar in bars] == pytest.approx([0.0, bars[0].get_width(), 0.0])
    assert starts([]) == [0.0]


@pytest.mark.slow
def test_the_command_writes_table_picture_and_page(tmp_path: Path) -> None:
    words = ("attribute", "micro", *SHORT, "--interventions", "liaison,collocation", "--replications", "6")
    files = ("--picture", "why.png", "--report", "why.html", "--outcome", "profit")
    done = smarketing(tmp_path, *words, *files)
    assert done.returncode == 0, done.stderr
    assert "All together" in done.stdout
    line = next(line for line in done.stderr.splitlines() if line.startswith("In Python"))
    assert "sim.attribute(" in line
    assert "interventions=['liaison', 'collocation'], outcomes=['profit'], replications=6, seed=1)" in line
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "why.html").read_text(encoding="utf-8")
    for words_of_page in ("what caused the change?", "fair share", "Sitting together", "<svg", "sim.attribute("):
        assert words_of_page in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    again = smarketing(tmp_path, *words, "--outcome", "profit", "--format", "json")
    assert json.loads(again.stdout)["players"][0] == {"name": "liaison", "label": "Liaison"}
    assert len(list((tmp_path / "results").iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--interventions", "liason"), "Did you mean 'liaison'?"),
        (("--interventions", "liaison", "--picture", "why.doc"), "--picture: must end in .svg, .png, .pdf"),
        (("--interventions", "liaison", "--orders", "5"), "--orders: must be 0 (all), or an even number"),
        (("--interventions", "liaison", "--replications", "0"), "replications"),
        (("--by", "mechanisms"), "must name what has the effect"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_mend(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = smarketing(tmp_path, "attribute", "micro", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_what_is_interrupted_ends_with_130_and_goes_on_where_it_was(tmp_path: Path) -> None:
    words = ("attribute", "micro", "--interventions", "liaison,collocation", "--replications", "4000", "--quiet")
    process = subprocess.Popen(
        command(*words), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 90
    while not list(tmp_path.glob("results/*/runs/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "give the same line again" in said
    kept = {file: file.stat().st_mtime_ns for file in tmp_path.glob("results/*/runs/*.parquet")}
    assert kept
    fewer = smarketing(tmp_path, *words[:5], "2", "--quiet", "--format", "csv")
    assert fewer.returncode == 0, fewer.stderr
    assert {file: file.stat().st_mtime_ns for file in kept if file.exists()} == kept
