"""Questions over a posterior: replications of a draw are alike, so what is said must allow for draws, not for runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from sim.analysis.contingency import contingency_map
from sim.analysis.curve_figures import draw_dose_response
from sim.analysis.dose_response import dose_response
from sim.analysis.efficiency import compare_efficiency
from sim.analysis.point_outcomes import point_outcomes
from sim.analysis.selection import select_points
from sim.analysis.survival import compare_time_to_win, time_to_win

N_DRAWS, PER_DRAW, STUDIES = 30, 2, 200
#: Levels of the decision are as good as each other on the mean, and differ from draw to draw; luck is a tenth of that.
LUCK = 0.1
LEVELS = (1.0, 2.0, 3.0)


def study(seed: int, effects: tuple[float, ...] = (0.0, 0.0, 0.0)) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and runs over a posterior of a firm in which each level has an effect that every draw sees differently."""
    luck = np.random.default_rng(seed)
    replications = np.arange(N_DRAWS * PER_DRAW)
    draw = replications // PER_DRAW
    frames = []
    for place, effect in enumerate(effects):
        value = effect + luck.normal(size=N_DRAWS)[draw] + luck.normal(0.0, LUCK, len(draw))
        columns = {"draw": draw + 1, "replication": replications, "status": "done", "error": None}
        frames.append(pd.DataFrame({"point_id": f"{place}", **columns, "bookings_new": value, "cost": 1.0 + place}))
    points = pd.DataFrame({"point_id": ["0", "1", "2"], "label": list("abc"), "firm": "x", "dose": LEVELS})
    return points, pd.concat(frames, ignore_index=True)


def test_a_level_that_is_no_worse_is_rarely_taken_from_those_that_may_be_best() -> None:
    kept = 0
    for seed in range(STUDIES):
        points, runs = study(seed)
        cell = contingency_map(points, runs, "bookings_new", "dose", ["firm"]).cells.iloc[0]
        kept += LEVELS[0] in cell["may_be_best"]
    assert kept / STUDIES > 0.95  # of 400 studies 0.98; with both replications taken for independent 0.91


def test_an_effect_per_cost_is_within_its_interval_as_often_as_it_says() -> None:
    held = 0
    for seed in range(STUDIES):
        points, runs = study(seed, (0.0, 0.5, 0.0))
        row = compare_efficiency(points.assign(dose=LEVELS), runs, "bookings_new", baseline="a").iloc[0]
        held += row["ci_low"] <= 0.5 <= row["ci_high"]
    assert 0.91 < held / STUDIES < 0.99  # of 400 studies 0.95; with both taken for independent 0.84


def test_doses_without_effect_are_seldom_told_apart() -> None:
    clear = 0
    for seed in range(60):
        points, runs = study(seed)
        clear += not dose_response(points.drop(columns="firm"), runs, "dose", "bookings_new").is_flat
    assert clear <= 7  # 5 % of 60 is 3; with both taken for independent 11


@pytest.mark.parametrize(("n_runs", "said"), [(60, "the first 50 draws, and there are 30"), (20, "there are 10")])
def test_a_selection_counts_draws(n_runs: int, said: str) -> None:
    points, runs = study(1)
    (found,) = select_points(points, runs[runs["replication"] < n_runs], "bookings_new", 0.1)
    assert found.counted == "draws"
    assert said in found.text
    means = runs[runs["replication"] < n_runs].groupby("point_id")["bookings_new"].mean()
    assert found.means == pytest.approx(means.to_numpy())


def test_without_a_posterior_every_replication_counts() -> None:
    points, runs = study(1)
    (found,) = select_points(points, runs.assign(draw=0), "bookings_new", 0.1)
    assert (found.counted, found.replications) == ("replications", 60)


def test_whatever_is_told_says_that_draws_were_counted() -> None:
    points, runs = study(1)
    dosed = dose_response(points.drop(columns="firm"), runs, "dose", "bookings_new")
    assert (dosed.counted, dosed.n_replications) == ("draws", N_DRAWS)
    said = [text.get_text() for text in draw_dose_response(dosed).findobj(Text)]
    assert any(f"same luck, {N_DRAWS} draws" in text for text in said)
    drawn = contingency_map(points, runs, "bookings_new", "dose", ["firm"])
    assert (drawn.counted, set(drawn.cells["replications"])) == ("draws", {N_DRAWS})
    paths = pd.DataFrame({"point_id": ["0", "1", "2"], "dose": [0.0, 1.0, 0.0]})
    assert point_outcomes(paths, runs, "bookings_new").counted == "draws"


def deals(seed: int, replications: int) -> pd.DataFrame:
    """Deals of 20 draws, of which every replication is a copy of the first."""
    luck = np.random.default_rng(seed)
    days, how = luck.exponential(60.0, 400).round(), luck.choice(["won", "lost", "open"], 400)
    own = pd.DataFrame({"draw": np.repeat(range(1, 21), 20), "days": days, "how": how})
    return pd.concat([own.assign(replication=copy) for copy in range(replications)], ignore_index=True)


def test_copies_of_runs_do_not_make_the_time_to_a_win_surer() -> None:
    alone, copied = time_to_win(deals(1, 1)), time_to_win(deals(1, 2))
    pd.testing.assert_frame_equal(alone.quantities, copied.quantities)
    assert (alone.n_runs, copied.n_runs) == (20, 40)
    one, other = (compare_time_to_win(deals(1, n), deals(2, n)) for n in (1, 2))
    pd.testing.assert_frame_equal(one.quantities, other.quantities)
