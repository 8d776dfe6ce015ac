"""The report: one file, nothing loaded, everything escaped, the same bytes for the same study."""

from __future__ import annotations

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from sim.analysis.figures import draw_courses, draw_effects, draw_funnel, shorten, signed, spread, svg_text
from sim.analysis.study import FUNNEL_STEPS, ROW_COLUMNS, Study, best_first, effect_from
from sim.domain.errors import InputError
from sim.report.page import keep_together, render, write
from sim.report.uncertainty import tell_parts_of_uncertainty

BASE = {
    "bookings_new": ("c.u.", "higher", 18.1e6, 0.05e6),
    "cycle_days": ("calendar days", "lower", 79.7, 0.35),
    "conflict_per_100": ("disputes per 100 hand-offs", "lower", 17.1, 0.12),
    "followup_rate": ("share", "higher", 0.28, 0.004),
    "acceptance_rate": ("share", "higher", 0.15, 0.003),
    "win_rate": ("share", "higher", 0.198, 0.0012),
    "trust": ("share", "higher", 0.29, 0.002),
    "coordination_hours": ("hours per person and week", None, 0.15, 0.005),
}
"""Unit, better side, baseline mean and standard error of the paired difference, near the prototype's results."""

MEANS = {
    "defined": (19.9e6, 76.8, 6.3, 0.54, 0.30, 0.206, 0.32, 0.65),
    "aligned": (22.2e6, 72.8, 2.5, 0.71, 0.44, 0.221, 0.47, 2.20),
    "integrated": (22.5e6, 71.6, 0.6, 0.84, 0.55, 0.228, 0.60, 4.31),
    "disciplined_meetings": (18.68e6, 78.3, 15.4, 0.39, 0.19, 0.202, 0.33, 0.62),
    "joint_assignments": (19.57e6, 76.0, 10.8, 0.53, 0.29, 0.206, 0.41, 1.10),
    "liaison": (18.55e6, 78.4, 15.6, 0.37, 0.18, 0.200, 0.31, 0.40),
    "collocation": (18.17e6, 79.4, 16.8, 0.30, 0.16, 0.199, 0.29, 0.16),
    "salesforce_feedback": (18.48e6, 78.3, 16.9, 0.285, 0.152, 0.203, 0.30, 0.31),
    "handoff_definition": (18.02e6, 80.6, 11.0, 0.29, 0.16, 0.199, 0.29, 0.18),
}
TYPES = ("undefined", "defined", "aligned", "integrated")
COUNTS = {
    "undefined": (2955, 1674, 469, 251, 34),
    "defined": (3079, 1757, 949, 527, 71),
    "aligned": (3136, 1811, 1286, 797, 122),
    "integrated": (3055, 1760, 1478, 968, 151),
}


def make_rows() -> pd.DataFrame:
    """Rows of two comparisons with the baseline undefined, with all verdicts that the prototype's numbers give."""
    rows = []
    for scenario, means in MEANS.items():
        for (outcome, (unit, better, base, error)), mean in zip(BASE.items(), means, strict=True):
            difference, half = mean - base, 1.96 * error * (1.0 if scenario in TYPES else 0.8)
            is_clear, is_up = abs(difference) > half, difference > 0
            verdict = "different" if better is None else "better" if is_up == (better == "higher") else "worse"
            share = 0.5 * (1 + math.erf(abs(difference) / error / 8))
            is_good = verdict == "better" or (verdict == "worse" and not is_clear)
            rows.append(
                dict(zip(ROW_COLUMNS, (
                    scenario, scenario.replace("_", " ").capitalize(), scenario if scenario in TYPES else "undefined",
                    [] if scenario in TYPES else [{"name": scenario, "dose": 1.0, "start_day": 0, "end_day": None}],
                    outcome, unit, better, mean, base, difference, difference - half, difference + half, 0.95,
                    "paired t", 0.001 if is_clear else 0.4, difference / base,
                    None if better is None else share if is_good else 1 - share,
                    100, "luck", verdict if is_clear else "not distinguishable",
                    "relationships" if scenario in TYPES else "interventions",
                ), strict=True))
            )  # fmt: skip
    return pd.DataFrame(rows)


def make_series() -> pd.DataFrame:
    """Weekly trust and follow-up rate that drift from a common start to their type's level."""
    luck = np.random.default_rng(1)
    frames = []
    for scenario in TYPES:
        for name, start, end, width in (
            ("trust", 0.35, 0.29 if scenario == "undefined" else MEANS[scenario][6], 0.03),
            ("followup_rate", 0.4, 0.28 if scenario == "undefined" else MEANS[scenario][3], 0.09),
        ):
            day = np.arange(-130, 521, 5)
            mean = end + (start - end) * np.exp(-(day + 130) / 160) + luck.normal(0, width / 16, len(day))
            low, high = mean - width, np.minimum(1.0, mean + width)
            columns = {"scenario": scenario, "label": scenario.capitalize(), "day": day, "name": name}
            frames.append(pd.DataFrame({**columns, "mean": mean, "low": low, "high": high}))
    return pd.concat(frames, ignore_index=True)


def make_study(**changes: object) -> Study:
    """A study near the prototype's results; any part may be replaced."""
    funnel = [
        {"scenario": scenario, "label": scenario.capitalize(), "step": step, "count": float(count)}
        for scenario, counts in COUNTS.items()
        for step, count in zip(FUNNEL_STEPS, counts, strict=True)
    ]
    calibration = [
        {"quantity": "Win rate", "unit": "share", "data": 0.63, "simulated": 0.61},
        {"quantity": "Median time to close", "unit": "days", "data": 57.0, "simulated": 58.4},
        {"quantity": "Won deals a month", "unit": "deals", "data": 421.0, "simulated": 409.0},
        {"quantity": "Value of a won deal, mean", "unit": "c.u.", "data": 2361.0, "simulated": 2402.0},
        {"quantity": "Value of a won deal, median", "unit": "c.u.", "data": None, "simulated": 1710.0},
    ]
    parts: dict[str, object] = {
        "title": "Four ways for marketing and sales to work together, and six single steps",
        "rows": make_rows(),
        "baseline": "undefined",
        "funnel": pd.DataFrame(funnel),
        "series": make_series(),
        "provenance": {
            "version": "0.1.0",
            "seed": 1,
            "replications": 100,
            "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "command": "smarketing demo --seed 1 --replications 100",
            "libraries": {"numpy": "2.4", "numba": "0.62"},
        },
        "calibration": pd.DataFrame(calibration),
        "notes": ("1,425 opportunities without an account were left out.", "Prices are list prices."),
    }
    return Study(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def page() -> str:
    return render(make_study())


def test_the_page_loads_nothing(page: str) -> None:
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert "http:" not in without_names
    assert "https:" not in without_names
    assert "//" not in re.sub(r"<style>.*?</style>", "", without_names, flags=re.DOTALL)
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b|@import|@font-face|\bsrc=", page)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', page))
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", page))


def test_references_inside_the_pictures_lead_to_one_element_each(page: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    targets = re.findall(r'href="#([^"]*)"', page) + re.findall(r"url\(#([^)]*)\)", page)
    assert targets
    assert set(targets) <= set(ids)


def test_the_page_has_all_its_parts(page: str) -> None:
    for part in ("Relationship types", "Where leads are lost", "How trust develops", "How to read this", "Provenance"):
        assert part in page
    assert "What the export says, what the scenario does" in page
    assert "1,425 opportunities without an account were left out." in page
    assert "smarketing demo --seed 1 --replications 100" in page
    assert page.index("Command</dt>") < page.index("Version</dt>") < page.index("Libraries</dt>")
    assert page.count("<details>") == 1
    assert page.index("<details>") < page.index("Coordination hours per person and week")
    answer, picture, words = map(
        page.index, ('class="answer"', "What changes, and how sure that is", 'aria-label="Findings"')
    )
    assert answer < picture < words
    assert "undefined variable" not in page and "nan" not in re.findall(r"[a-z]+", page.lower())


def test_three_pictures_are_there_in_two_layouts_with_words_for_those_who_cannot_see_them(page: str) -> None:
    assert page.count("<svg ") == 6
    assert page.count('role="img" aria-label="') == 6
    assert "at the end: Undefined 0.2" in page
    assert "Integrated 3,055, 1,760, 1,478, 968, 151" in page


def test_the_pictures_hold_their_text_as_text(page: str) -> None:
    picture = page[page.index("<svg ") : page.index("</svg>")]
    assert ">Joint assignments</text>" in picture
    assert ">+8.1 %</text>" in picture
    assert ">← lower is better</text>" in picture


def test_the_main_table_shows_mean_difference_interval_share_and_verdict(page: str) -> None:
    row = page[page.index('<th scope="row">Joint assignments') :].partition("</tr>")[0].replace("\u00a0", " ")
    assert "19.6 million c.u." in row
    assert "+1.47 million c.u. (+1.39 to +1.55)" in row
    assert "+8.1 % (+7.7 to +8.6 %)" in row
    assert "100 %" in row
    assert "better" in row


def test_the_same_study_gives_the_same_bytes(page: str) -> None:
    assert render(make_study()) == page


def test_a_changed_number_changes_the_page(page: str) -> None:
    rows = make_rows()
    rows.loc[0, "mean"] = 23.9e6
    changed = render(make_study(rows=rows)).replace("\u00a0", " ")
    assert "23.9 million c.u." in changed
    assert "23.9 million c.u." not in page.replace("\u00a0", " ")


@pytest.mark.slow
def test_hostile_words_are_shown_and_not_run() -> None:
    hostile = '--></style><script>alert("1")</script>\'&amp;$x^{$'
    study = make_study(
        title=hostile,
        rows=make_rows().assign(label=hostile),
        funnel=make_study().funnel.assign(label=hostile),
        series=make_series().assign(label=hostile),
        provenance={hostile: {hostile: hostile}, "seed": hostile},
        calibration=pd.DataFrame({"quantity": [hostile], "unit": [hostile], "data": [1.0], "simulated": [2.0]}),
        notes=(hostile,),
    )
    page = render(study)
    assert "<script" not in page
    assert page.count("</style>") == render(make_study()).count("</style>")
    assert "--&gt;&lt;/style&gt;&lt;script&gt;alert(" in page
    for picture in re.findall(r"<svg .*?</svg>", page, flags=re.DOTALL):
        ElementTree.fromstring(picture)


def test_a_study_without_figures_still_makes_a_page() -> None:
    empty = make_study()
    study = make_study(
        rows=empty.rows.iloc[:0],
        funnel=empty.funnel.iloc[:0],
        series=empty.series.iloc[:0],
        calibration=None,
        notes=(),
        provenance={},
    )
    page = render(study)
    assert "<svg" not in page
    assert "<table>" not in page
    assert "This study compares no relationship types." in page


def test_a_study_of_interventions_alone_shows_no_relationship_types() -> None:
    rows = make_rows()
    page = render(make_study(rows=rows[rows["family"] == "interventions"]))
    assert "This study compares no relationship types." in page
    assert page.count("<svg ") == 6


def test_missing_numbers_are_shown_as_missing() -> None:
    rows = make_rows()
    numbers = ["mean", "baseline_mean", "difference", "ci_low", "ci_high", "relative_difference", "share_better"]
    rows.loc[rows["outcome"] == "cycle_days", numbers] = None
    rows.loc[rows["outcome"] == "conflict_per_100", ["relative_difference", "adjusted_p"]] = math.nan
    rows.loc[rows["outcome"] == "conflict_per_100", "baseline_mean"] = 0.0
    page = render(make_study(rows=rows))
    assert "no figure" in page
    assert "nan" not in re.findall(r"[a-z]+", page.lower())


def test_over_a_posterior_the_page_speaks_of_this_firm_and_of_what_more_data_would_do() -> None:
    rows = make_rows().assign(uncertainty="luck+parameters", probability_better=0.625, parameter_share=0.4)
    page = " ".join(re.sub("<[^>]+>", " ", render(make_study(rows=rows))).split())
    assert "Probability of better, in this firm" in page
    assert " 62 % " in page
    assert "They cover luck and the uncertainty of the fitted parameters" in page
    assert "Of the uncertainty, 40 % is due to parameters, which only more data would narrow" in page
    plain = " ".join(re.sub("<[^>]+>", " ", render(make_study())).split())
    assert "They cover luck only" in plain
    assert "Better in … of replications" in plain


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([0.2, 0.6], "Of the uncertainty, 20 to 60 % is due to parameters"),
        ([0.96, 1.0], "Nearly all of the uncertainty is due to parameters: more runs would not narrow it"),
        ([0.0, 0.04], "Nearly all of the uncertainty is luck: more replications would remove it."),
        ([None], ""),
    ],
)
def test_what_would_remove_uncertainty_is_said_by_its_parts(shares: list[float | None], said: str) -> None:
    rows = make_rows()
    effects = [effect_from(rows.iloc[0].to_dict() | {"parameter_share": share}) for share in shares]
    told = tell_parts_of_uncertainty(effects)
    assert told.startswith(said)
    assert bool(told) == bool(said)


def test_funnel_steps_and_courses_may_be_missing_in_part() -> None:
    study = make_study()
    funnel = study.funnel[(study.funnel["step"] != "Accepted") & (study.funnel["scenario"] != "aligned")]
    series = study.series[study.series["name"] == "trust"].copy()
    series.loc[series["day"] > 500, ["mean", "low", "high"]] = math.nan
    page = render(make_study(funnel=funnel, series=series))
    assert page.count("<svg ") == 6
    assert ">no figure</text>" in page
    assert "at the end: Undefined 0." in page


def test_the_baseline_may_stand_among_the_rows() -> None:
    rows = make_rows()
    own = rows.iloc[:1].assign(scenario="undefined", label="As it is", verdict="equal", difference=0.0)
    study = make_study(rows=pd.concat([rows, own]), funnel=make_study().funnel[:0], series=make_series()[:0])
    page = render(study)
    assert "As it is (baseline)" in page
    assert "all three relationship types" in page


def test_a_study_names_the_columns_that_a_table_lacks() -> None:
    with pytest.raises(InputError, match="rows: must have the columns verdict, family"):
        make_study(rows=make_rows().drop(columns=["verdict", "family"]))
    with pytest.raises(InputError, match="series: must have the columns day"):
        make_study(series=make_series().drop(columns=["day"]))
    with pytest.raises(InputError, match="calibration: must have the columns quantity"):
        make_study(calibration=pd.DataFrame({"unit": [], "data": [], "simulated": []}))


def test_a_study_refuses_unknown_families_and_verdicts() -> None:
    with pytest.raises(InputError, match=r"rows.family: unknown word, got 'relationship'\nDid you mean"):
        make_study(rows=make_rows().assign(family="relationship"))
    with pytest.raises(InputError, match="rows.verdict: unknown word, got 'good'"):
        make_study(rows=make_rows().assign(verdict="good"))
    with pytest.raises(InputError, match="rows.family: must be given in every row"):
        make_study(rows=make_rows().assign(family=None))


def test_effects_are_ordered_from_best_to_worst_whichever_side_is_better() -> None:
    study = make_study()
    assert [effect.scenario for effect in study.effects("relationships", "cycle_days")] == [
        "integrated",
        "aligned",
        "defined",
    ]
    records = [{**make_rows().iloc[0].to_dict(), "difference": value} for value in (None, 1.0, 3.0)]
    assert [effect.difference for effect in best_first(effect_from(record) for record in records)] == [3.0, 1.0, None]  # type: ignore[arg-type]


def test_an_interval_in_percent_is_the_interval_over_the_baseline() -> None:
    effect = make_study().effects("relationships", "bookings_new")[0]
    assert effect.low is not None and effect.high is not None
    assert effect.relative_low == effect.low / 18.1e6
    assert effect.relative_high == effect.high / 18.1e6


@pytest.mark.parametrize("draw", [draw_effects, draw_funnel, draw_courses])
@pytest.mark.parametrize("narrow", [False, True])
def test_a_picture_is_drawn_without_touching_global_state(draw: object, narrow: bool) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    study = make_study()
    first = svg_text(draw(study, narrow), "one", 'a "picture"')  # type: ignore[operator]
    assert first == svg_text(draw(study, narrow), "one", 'a "picture"')  # type: ignore[operator]
    assert first.startswith("<svg ") and first.endswith("</svg>")
    assert 'aria-label="a &quot;picture&quot;"' in first
    assert dict(matplotlib.rcParams) == before
    with matplotlib.rc_context({"axes.grid": True, "font.size": 30, "lines.linewidth": 9}):
        assert first == svg_text(draw(study, narrow), "one", 'a "picture"')  # type: ignore[operator]


def test_labels_at_line_ends_keep_their_order_and_distance() -> None:
    moved = spread([0.30, 0.29, 0.60], 0.05)
    assert moved == pytest.approx([0.34, 0.29, 0.60])


def test_long_labels_are_cut_and_zero_has_no_sign() -> None:
    assert shorten("x" * 40, 10) == "x" * 9 + "…"
    assert signed(-0.01, 1) == "0.0 %"


def test_a_number_is_not_parted_from_its_unit() -> None:
    assert keep_together("+3.2 % of 22.4 million c.u. a year") == "+3.2\u00a0% of 22.4\u00a0million\u00a0c.u. a year"


def test_writing_replaces_the_file_whole_and_leaves_nothing_beside_it(tmp_path: Path, page: str) -> None:
    target = tmp_path / "new" / "report.html"
    write(make_study(), target)
    assert target.read_bytes() == page.encode()
    write(make_study(title="Another"), target)
    assert "<title>Another</title>" in target.read_text("utf-8")
    assert [file.name for file in target.parent.iterdir()] == ["report.html"]


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("sim.report.page.os.replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write(make_study(), target)
    assert target.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
