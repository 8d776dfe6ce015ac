"""The report's words follow its numbers, whatever the pattern of verdicts."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sim.analysis.study import FUNNEL_COLUMNS, ROW_COLUMNS, SERIES_COLUMNS, Study
from sim.report.prose import amount, answer, change, describe_effects, gain, percent, tell_family, wording

UNITS = {
    "bookings_new": ("c.u.", "higher", 20e6),
    "cycle_days": ("calendar days", "lower", 80.0),
    "conflict_per_100": ("disputes per 100 hand-offs", "lower", 16.0),
    "coordination_hours": ("hours per person and week", None, 0.15),
    "win_rate": ("share", "higher", 0.2),
}
Told = tuple[str, float | None, str]
"""Label, relative difference from the baseline (fraction) and verdict of one scenario."""


def make_rows(
    told: list[Told], outcome: str = "bookings_new", family: str = "relationships"
) -> list[dict[str, object]]:
    """Comparison rows of one outcome; every interval reaches one percent of the baseline to both sides."""
    unit, better, base = UNITS[outcome]
    rows: list[dict[str, object]] = []
    for label, relative, verdict in told:
        row: dict[str, object] = dict.fromkeys(ROW_COLUMNS)
        row |= dict(scenario=label.lower(), label=label, outcome=outcome, unit=unit, better=better, family=family)
        row |= dict(baseline_mean=base, ci_level=0.95, replications=40, uncertainty="luck", verdict=verdict)
        if relative is not None:
            difference, half = relative * base, 0.01 * base
            row |= dict(mean=base + difference, difference=difference, relative_difference=relative)
            row |= dict(ci_low=difference - half, ci_high=difference + half, share_better=0.9)
        rows.append(row)
    return rows


def make_study(*rows: list[dict[str, object]]) -> Study:
    """A study with nothing but comparison rows; its baseline is called Undefined."""
    frame = pd.DataFrame([row for group in rows for row in group], columns=list(ROW_COLUMNS))
    empty = pd.DataFrame(columns=list(FUNNEL_COLUMNS)), pd.DataFrame(columns=list(SERIES_COLUMNS))
    return Study("Test", frame, "undefined", *empty, provenance={})


def tell(told: list[Told], outcome: str = "bookings_new", family: str = "relationships") -> str:
    """The paragraph on one family of which one outcome is known."""
    return tell_family(make_study(make_rows(told, outcome, family)), family)


def test_all_better_names_all_with_their_intervals_from_the_largest_down() -> None:
    assert tell([("Defined", 0.1, "better"), ("Integrated", 0.25, "better"), ("Aligned", 0.2, "better")]) == (
        "New bookings (20.0 million c.u. a year with Undefined) are higher with all three relationship types, "
        "most with Integrated: 25.0 million c.u. a year, +25.0 % (+24.0 to +26.0 %); "
        "then Aligned, +20.0 % (+19.0 to +21.0 %); and Defined, +10.0 % (+9.0 to +11.0 %)."
    )


def test_both_is_said_of_two_and_one_is_called_by_its_name() -> None:
    two = tell([("Liaison", 0.03, "better"), ("Meetings", 0.09, "better")], family="interventions")
    assert "are higher with both single interventions, most with Meetings: 21.8 million c.u. a year" in two
    assert two.endswith("; then Liaison, +3.0 % (+2.0 to +4.0 %).")
    one = tell([("Liaison", 0.03, "better")])
    assert "are higher with Liaison: 20.6 million c.u. a year, +3.0 % (+2.0 to +4.0 %)." in one


def test_the_text_changes_with_a_number() -> None:
    assert tell([("Liaison", 0.03, "better")]) != tell([("Liaison", 0.031, "better")])


@pytest.mark.parametrize(
    ("relative", "verdict", "words"),
    [
        (0.03, "better", "are higher with Liaison: 20.6 million"),
        (-0.03, "worse", "are lower, and so worse, with Liaison: 19.4 million"),
        (
            0.001,
            "equal",
            "With Liaison, new bookings (20.0 million c.u. a year with Undefined) are exactly the same as"
            " with Undefined in all 40 replications (so, with 95 % confidence, in more than 92.7 % of all).",
        ),
        (
            0.003,
            "not distinguishable",
            "Liaison is not distinguishable from Undefined: +0.3 % (−0.7 to +1.3 %).",
        ),
        (None, "better", "For Liaison there is no figure on new bookings."),
    ],
)
def test_the_text_changes_with_the_verdict(relative: float | None, verdict: str, words: str) -> None:
    assert words in tell([("Liaison", relative, verdict)])


def test_nothing_distinguishable_is_said_so_and_what_that_means() -> None:
    unclear = "not distinguishable"
    text = tell([("Defined", 0.004, unclear), ("Aligned", 0.003, unclear), ("Integrated", -0.002, unclear)])
    assert text.startswith(
        "For new bookings (20.0 million c.u. a year with Undefined), none of the three relationship types is "
        "distinguishable from Undefined: Defined, +0.4 % (−0.6 to +1.4 %);"
    )
    assert "What is not distinguishable after 40 replications is either small or hidden by luck" in text
    assert "more replications would narrow the intervals" in text
    assert "neither of the two relationship types is" in tell([("A", 0.004, unclear), ("B", 0.003, unclear)])


def test_some_better_some_worse_some_unclear_are_told_apart() -> None:
    text = tell(
        [
            ("Joint work", 0.08, "better"),
            ("Liaison", 0.02, "better"),
            ("Rewards", -0.04, "worse"),
            ("Training", 0.0, "equal"),
            ("Collocation", 0.005, "not distinguishable"),
            ("Events", None, "not distinguishable"),
        ],
        family="interventions",
    )
    assert "are higher with two of the six single interventions, most with Joint work" in text
    assert "They are lower, and so worse, with one of the six, Rewards: 19.2 million c.u. a year, −4.0 %" in text
    assert "With Training, they are exactly the same as with Undefined in all 40 replications (so" in text
    assert "Not distinguishable from Undefined: Collocation, +0.5 % (−0.5 to +1.5 %)." in text
    assert "For Events there is no figure." in text
    assert text.count("more replications") == 1


def test_all_worse_starts_with_the_worst_and_claims_no_gain() -> None:
    study = make_study(make_rows([("Aligned", -0.05, "worse"), ("Integrated", -0.2, "worse")]))
    text = tell_family(study, "relationships")
    assert "are lower, and so worse, with both relationship types, most with Integrated: 16.0 million" in text
    assert "higher" not in text
    assert answer(study) == "Nothing compared here raises new bookings distinguishably above Undefined."


def test_overlapping_intervals_leave_the_order_open() -> None:
    close: list[Told] = [("Aligned", 0.23, "better"), ("Integrated", 0.24, "better")]
    assert "The intervals of Integrated and Aligned overlap, so which of the two is ahead is open." in tell(close)
    assert "Integrated (closely followed by Aligned) raises new bookings most" in answer(make_study(make_rows(close)))
    assert "overlap" not in tell([("Aligned", 0.20, "better"), ("Integrated", 0.24, "better")])


def test_cycle_and_disputes_have_their_own_words_for_more_and_less() -> None:
    cycle = tell([("Aligned", -0.1, "better"), ("Defined", 0.05, "worse")], "cycle_days")
    assert cycle == (
        "The median sales cycle (80.0 days with Undefined) is shorter with one of the two, Aligned: "
        "72.0 days, −10.0 % (−11.0 to −9.0 %). "
        "It is longer, and so worse, with one of the two, Defined: 84.0 days, +5.0 % (+4.0 to +6.0 %)."
    )
    disputes = tell([("A", -0.5, "better"), ("B", -0.25, "better"), ("C", 0.0, "equal")], "conflict_per_100")
    assert "Disputes per 100 hand-offs (16.0 with Undefined) are rarer with two of the three (A and B)" in disputes
    assert "most with A: 8.0, −50.0 % (−51.0 to −49.0 %)." in disputes


def test_coordination_time_is_told_as_a_range_beside_the_baseline() -> None:
    bookings = make_rows([("A", 0.1, "better"), ("B", 0.2, "better")])
    hours = make_rows([("A", 3.0, "different"), ("B", 9.0, "different")], "coordination_hours")
    text = tell_family(make_study(bookings, hours), "relationships")
    assert "Coordination takes 0.60 to 1.50 hours per person and week, against 0.15 with Undefined." in text


def test_a_family_without_rows_is_said_to_be_absent() -> None:
    assert tell([("A", 0.1, "better")]) != tell_family(make_study([]), "relationships")
    assert tell_family(make_study([]), "interventions") == "This study compares no single interventions."


def test_the_answer_names_type_step_and_side_effects() -> None:
    study = make_study(
        make_rows([("Integrated", 0.25, "better")]),
        make_rows([("Integrated", -0.1, "better")], "cycle_days"),
        make_rows([("Integrated", 0.1, "worse")], "conflict_per_100"),
        make_rows([("Liaison", 0.05, "better"), ("Training", 0.09, "not distinguishable")], family="interventions"),
    )
    assert answer(study) == (
        "Compared with Undefined, Integrated raises new bookings: +25.0 % (+24.0 to +26.0 %), with a shorter sales "
        "cycle, but more disputes; the strongest single step is Liaison, +5.0 % (+4.0 to +6.0 %)."
    )


def test_the_answer_may_rest_on_an_intervention_alone() -> None:
    steps = make_rows([("Liaison", 0.05, "better")], family="interventions")
    types = make_rows([("Defined", 0.001, "not distinguishable")])
    start = "Liaison raises new bookings by 5.0 % (+4.0 to +6.0 %)"
    assert answer(make_study(steps)) == f"{start}."
    assert answer(make_study(steps, types)) == f"{start}; no relationship type is distinguishably above Undefined."


def test_a_difference_without_percentage_is_told_in_the_outcomes_unit() -> None:
    rows = make_rows([("A", -0.1, "better")], "cycle_days")
    rows[0] |= dict(baseline_mean=None, relative_difference=math.nan)
    text = tell_family(make_study(rows), "relationships")
    assert text == "The median sales cycle is shorter with A: 72.0 days, −8.0 days (−8.8 to −7.2)."


def test_no_text_shows_a_number_that_does_not_exist() -> None:
    rows = make_rows([("A", 0.1, "better"), ("B", None, "worse"), ("C", 0.0, "not distinguishable")])
    rows[0] |= dict(ci_low=math.nan, ci_high=None, mean=22e6)
    study = make_study(rows)
    for text in (tell_family(study, "relationships"), answer(study), describe_effects(study)):
        assert "nan" not in text.lower()
        assert "None" not in text
    assert "A: 22.0 million c.u. a year, +10.0 %." in tell_family(study, "relationships")


def test_numbers_are_written_for_people() -> None:
    rows = make_rows([("A", 0.032, "better")]) + make_rows([("A", 0.1, "better")], "win_rate")
    money = make_study(rows).effects("relationships", "bookings_new")[0]
    share = make_study(rows).effects("relationships", "win_rate")[0]
    assert percent(money) == "+3.2 % (+2.2 to +4.2 %)"
    assert change(money, "money") == "+0.64 million c.u. (+0.44 to +0.84)"
    assert change(share, "share") == "+2.0 points (+1.8 to +2.2)"
    assert amount(740_000.0, "money") == "740,000 c.u."
    large = make_study(make_rows([("A", 9.0, "different")], "coordination_hours"))
    assert percent(large.effects("relationships", "coordination_hours")[0]) == "+900 % (+899 to +901 %)"


def test_an_unknown_outcome_is_spoken_of_by_its_name_and_unit() -> None:
    words = wording("dispute_hours", "hours per person and week")
    assert (words.title, words.kind) == ("Dispute hours", "hours")
    assert wording("profit", "c.u.").kind == "money"


def test_of_many_scenarios_only_the_first_few_are_named() -> None:
    many: list[Told] = [(f"Step {number}", 0.2 - 0.01 * number, "better") for number in range(10)]
    text = tell(many, family="interventions")
    assert "Step 4, +16.0 % (+15.0 to +17.0 %); and five more." in text
    assert "Step 5" not in text
    unclear: list[Told] = [(f"Calm {number}", 0.0, "not distinguishable") for number in range(7)]
    assert "Seven of the 17 are not distinguishable from Undefined." in tell(many + unclear, "cycle_days")


def test_shares_are_told_in_points() -> None:
    rows = make_rows([("A", 0.1, "better")], "win_rate")
    assert gain(make_study(rows).effects("relationships", "win_rate")[0], "share") == "+2.0 points (+1.8 to +2.2)"
