"""Organizations side by side: equal ones do not differ, others as `smarketing compare` says, and leads tell why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.app.contrast import (
    USUAL,
    compared,
    difference,
    differences_of,
    doors_of,
    findings_of,
    labels_of,
    points_of,
    replicated,
    with_another,
    without,
)
from sim.app.frames import FIGURES
from sim.app.jobs import CANCELLED, DONE, FAILED, Job
from sim.app.links import View, read_view
from sim.app.pages.compare import share_of_comparison, share_words
from sim.app.reasons import LEADS, reasons_of
from sim.app.show import Seen, Show
from sim.cli import app
from sim.domain.errors import InputError
from sim.ensemble.comparison import Comparison

EQUAL = "scenario=small&org=aligned+liaison=1@20&org=aligned+liaison=1@20&seed=5"
TWO = "scenario=small&org=undefined&org=aligned&seed=5"


def done(work: Callable[[Job], Any]) -> Any:
    job = Job("a study", work)
    job.run()
    return job


def test_equal_organizations_differ_by_exactly_nothing_as_they_run() -> None:
    show = Show(read_view(EQUAL))
    for days in (1, 64, 200):
        told = differences_of(Seen(show.live(days)).stills)
        assert {gap[0] for row in told["rows"] for gap in row[3]} == {"0"}, told
        assert all(row[2][0] == row[2][1] for row in told["rows"])


def test_equal_organizations_differ_by_exactly_nothing_when_replicated() -> None:
    view = read_view(EQUAL)
    comparison = done(lambda job: replicated(view, 12, job)).result
    rows = [row for row in comparison.rows if row["scenario"] == "B" and row["mean"] is not None]
    assert {row["difference"] for row in rows} == {0.0} and {row["verdict"] for row in rows} == {"equal"}
    for group in findings_of(comparison)["groups"]:
        (bar,) = group["bars"]
        assert bar["difference"] == "0 (equal in all 12)" and bar["ends"] == [0.0, 0.0, 0.0]


def test_replicating_on_the_page_is_smarketing_compare() -> None:
    view = read_view("scenario=small&set=run.days=130&org=undefined&org=aligned&org=undefined+liaison=1@20&seed=5")
    ours: Comparison = done(lambda job: replicated(view, 6, job)).result
    doors = doors_of(view, 6)
    printed = CliRunner().invoke(app, [*doors.command.split()[1:], "--format", "json"])
    theirs = json.loads(printed.stdout)
    assert ours.provenance["digest"] == theirs["provenance"]["digest"]
    numbers = ("outcome", "mean", "difference", "ci_low", "ci_high", "verdict")
    assert [[row[name] for name in numbers] for row in ours.rows] == [
        [row[name] for name in numbers] for row in theirs["rows"]
    ]
    namespace: dict[str, object] = {}
    exec(doors.python.replace("; ", "\nresult = ", 1).replace(".table()", ""), namespace)
    assert namespace["result"].provenance["digest"] == ours.provenance["digest"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("organizations", [("aligned", "aligned"), ("", "undefined"), ("liaison", "liaison")])
def test_an_organization_beside_itself_has_no_command(organizations: tuple[str, ...]) -> None:
    view = View(scenario="small", organizations=organizations)
    assert doors_of(view, 10).command == ""
    assert set(share_of_comparison(view, 10)) == {"toml_0", "toml_1"}
    assert len({point.id for point in points_of(view)}) == 2
    assert "itself" in share_words(view)["caption"]


@pytest.mark.parametrize(
    "organizations", [("", "aligned"), ("aligned", "undefined+liaison"), ("liaison", "collocation")]
)
def test_any_others_are_a_command(organizations: tuple[str, ...]) -> None:
    view = View(scenario="small", organizations=organizations, seed=3)
    assert doors_of(view, 10).command == (
        f"smarketing compare small --organizations {','.join(organizations)} --replications 10 --seed 3"
    )


def test_replications_can_be_cancelled_and_keep_what_is_done() -> None:
    view = read_view(TWO)

    class Stopped(Job):
        def __call__(self, runs: int) -> None:
            self.cancel()
            super().__call__(runs)

    job = Stopped("x", lambda job: replicated(view, 4000, job))
    job.run()
    assert job.state == CANCELLED
    kept: Any = job.result
    assert kept is None or 0 < kept.provenance["replications"] < 4000


def test_a_cancelled_job_that_waits_does_nothing() -> None:
    job = Job("x", lambda job: replicated(read_view(TWO), 5, job))
    job.cancel()
    job.run()
    assert job.state == CANCELLED and job.result is None


def test_more_replications_than_there_may_be_are_refused_in_words() -> None:
    job = done(lambda job: replicated(read_view(TWO), 10**9, job))
    assert job.state == FAILED and "replications" in job.error


def test_findings_name_unit_interval_and_verdict_of_every_figure() -> None:
    found = findings_of(done(lambda job: replicated(read_view(TWO), 20, job)).result)
    assert found["groups"][0]["label"] == "New bookings" and len(found["groups"]) == len(FIGURES)
    bookings = found["groups"][0]["bars"][0]
    assert " c.u. (+" in bookings["difference"] and bookings["verdict"] == "better"
    middle, low, high = bookings["ends"]
    assert 0 < low < middle < high
    furthest = max(abs(end) for group in found["groups"] for bar in group["bars"] for end in bar["ends"])
    assert found["ticks"][0][0] <= -furthest and found["ticks"][-1][0] >= furthest and found["ticks"][2] == [0, "0"]
    assert found["replications"] == found["planned"] == 20


def test_running_differences_have_sign_and_unit() -> None:
    assert difference("bookings_new", 20.4e6, 18.5e6) == ["+1.90 million c.u.", 1]
    assert difference("cycle_days", 70.0, 77.0) == ["−7.0 days", -1]
    assert difference("followup_rate", 0.67, 0.236) == ["+43.4 points", 1]
    assert difference("wins", 575.0, 645.0) == ["−70 a year", -1]
    assert difference("win_rate", None, 0.2) == ["–", None]


def test_leads_that_fared_differently_tell_why() -> None:
    view = read_view(TWO).changed(day=130)
    job = done(lambda job: reasons_of(view, 1, job))
    assert job.state == DONE, job.error
    told = job.result
    assert told["names"] == ["A", "B"] and told["days"] == 130
    looked = int(told["counts"]["looked"])
    assert 0 < looked <= LEADS and sum(row[2] for row in told["reasons"]) == looked == len(told["stories"])
    explained = sim.explain("small", seed=5, relationships=["undefined", "aligned"], leads=0)[0]
    assert int(told["counts"]["both"].replace(",", "")) < explained.counts.both  # up to day 130, not the whole run
    for story in told["stories"]:
        assert story["fates"][0] != story["fates"][1]
        assert story["steps"] and (story["causes"] or not story["is_found"])


def test_equal_organizations_have_nothing_to_tell() -> None:
    told = done(lambda job: reasons_of(read_view(EQUAL).changed(day=65), 1, job)).result
    assert told["reasons"] == told["stories"] == [] and told["counts"]["differing"] == "0"


def test_organizations_are_added_and_taken_away_between_two_and_four() -> None:
    view = compared(read_view("scenario=small&org=aligned"))
    assert view.organizations == ("", "aligned")
    assert read_view("", USUAL).organizations == ("undefined", "aligned")
    full = with_another(with_another(view))
    assert full.organizations == ("", "aligned", "aligned", "aligned")
    assert labels_of(full)[3] == "D · Aligned"
    with pytest.raises(InputError, match="at most 4"):
        with_another(full)
    assert without(full, 0).organizations == ("aligned",) * 3
    for index in (0, 1):
        with pytest.raises(InputError, match="at least 2"):
            without(view, index)


def test_a_lever_moved_in_one_organization_leaves_the_others() -> None:
    show = Show(read_view(TWO))
    show.live(65)
    before = show.frames()[0]
    show.pull(1, ("liaison", 1.0))
    assert show.frames()[0] == before and show.view.organizations == ("undefined", "aligned+liaison=1@65")
