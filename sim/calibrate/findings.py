"""What an export shows that a reader must know: each finding with what it does to a calibration and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What all findings of a kind have in common.

    Parameters
    ----------
    title : str
        In two or three words.
    weight : {"serious", "mind", "good to know"}
        Serious: answers may be wrong if nothing is done. Mind: it is allowed for, at a price. Good to know: no harm.
    effect : str
        What it does to a calibration.
    mend : str
        What to do.
    """

    title: str
    weight: str
    effect: str
    mend: str


_NOTHING = "Nothing needs to be done."
_ASK = "Ask whoever keeps the CRM how these come about; fix them there, export again."
#: What each finding does and asks for; one list for all who find something.
KINDS: dict[str, Kind] = {
    "regime_break": Kind(
        "Regime break",
        "mind",
        "Only the time since the break is used: fewer rows, wider intervals, but one firm instead of a mean of two.",
        "Check what happened in that month (team, market, way of recording). If it was only the recording, mend it.",
    ),
    "mixed_regimes": Kind(
        "Two regimes mixed",
        "serious",
        "Rates are a mean of two different times and describe neither.",
        "Wait for more rows since the break, or set the win rate by hand.",
    ),
    "left_truncation": Kind(
        "Left truncation",
        "mind",
        "Old deals are in the file only if they lived long. Rates and times use all closes since the first one.",
        "Export by created date, with deals closed at any time.",
    ),
    "no_open_deals": Kind(
        "No open deals",
        "mind",
        "Young deals are in the file only if they closed fast; the last months are not counted as arrivals.",
        "Export open deals too.",
    ),
    "censored_cohorts": Kind(
        "Censored last cohorts",
        "good to know",
        "The last cohorts count for arrivals, not for rates, times and values: they had no time to be won.",
        _NOTHING,
    ),
    "short_export": Kind(
        "Short for its cycle",
        "serious",
        "Late wins are missing, so that win rate and times come out too low.",
        "Export a longer period, two or three cycles at least.",
    ),
    "equal_follow_up": Kind(
        "Equal follow-up",
        "good to know",
        "Older cohorts had longer to win. With the same time for all, rate and time are lower; compare like with like.",
        _NOTHING,
    ),
    "dormant": Kind(
        "Dormant open deals",
        "mind",
        "They look like pipeline and are none: workload and time in the pipeline come out too high.",
        "Close them as lost in the CRM, with the date of the last contact.",
    ),
    "weekends": Kind(
        "Weekend arrivals",
        "good to know",
        "They are moved to the Monday after, as nobody works on weekends in the simulator.",
        _NOTHING,
    ),
    "quarter_end": Kind(
        "Quarter-end swing",
        "mind",
        "Deals are pushed, or lost ones cleaned up, at the quarter's end; one win rate for all months hides it.",
        "Compare whole quarters only.",
    ),
    "expected_dates": Kind(
        "Expected close dates",
        "mind",
        "Close dates of open deals are plans and not used. Where many have passed, nobody tends them.",
        "Mind them in forecasts: they say little about when deals close.",
    ),
    "stray_dates": Kind(
        "Dates years away",
        "mind",
        "A date a year or more from all others would stretch the period, and with it arrivals and follow-up.",
        "Mend the date in the CRM; it is likely a slip in the year.",
    ),
    "zero_amounts": Kind(
        "Wins without an amount",
        "mind",
        "Wins without an amount, or with 0, count as wins and are left out of values.",
        "Fill in the amounts, or export the column that holds them.",
    ),
    "odd_moments": Kind(
        "Moments out of order",
        "mind",
        "A first response, MQL or hand-over before the row was created counts as at once.",
        "Check the columns: they may hold something else, such as the date of an import.",
    ),
    "look_alikes": Kind(
        "Look-alike rows",
        "mind",
        "If they are one deal entered twice, arrivals and wins are counted twice.",
        _ASK,
    ),
    "missing": Kind(
        "Missing cells",
        "mind",
        "What depends on this column rests on the rows that have it, as if the others were alike.",
        "Fill it in, or take what hangs on it with care.",
    ),
    "leak": Kind(
        "Column that tells the end",
        "good to know",
        "It is filled or changed once the end is known. No rate is conditioned on it here.",
        "Do not use it to predict, score or segment.",
    ),
    "leaking_source": Kind(
        "Source that tells the end",
        "serious",
        "The quality of sources is an artefact: they are filled in differently for won deals.",
        "Export the source as it was when the row was created, or leave the column out.",
    ),
    "one_owner": Kind(
        "One owner closes much",
        "mind",
        "It may be a house account or a default owner; the spread between reps and their workload are then wrong.",
        "Check whether it is one person; give house accounts no owner.",
    ),
    "dates_only": Kind(
        "Dates without a time",
        "good to know",
        "Times are whole days; what happens within a day, such as a first response, is not seen.",
        "Export the time of day too, if you can.",
    ),
    "shifted_dates": Kind(
        "Dates shifted by a time zone",
        "mind",
        "Dates were midnights in another time zone: days may be off by one, and Mondays become Sundays.",
        "Export in your own time zone, or dates without a time.",
    ),
    "day_noise": Kind(
        "Noise of days",
        "good to know",
        "The noise of days is set to the nearest value that the simulator knows.",
        _NOTHING,
    ),
    "weekly_level": Kind(
        "Slow level of demand",
        "mind",
        "How much demand drifts from week to week is rough, assumed, or none.",
        "Export a longer period, a year or more.",
    ),
    "drift": Kind(
        "Drifting demand",
        "mind",
        "A trend counts as slow chance: simulated demand wanders more than the firm's may.",
        "If the growth is known, give the scenario the level of today.",
    ),
    "incomplete_end": Kind(
        "Thin end",
        "serious",
        "The last weeks may be incomplete, so that arrivals come out too low.",
        "Export again, up to a day that is complete.",
    ),
    "no_source": Kind(
        "No sources",
        "mind",
        "The scenario gets the usual mix of sources; nothing is learnt about their quality.",
        "Export the lead source.",
    ),
    "pooled_sources": Kind(
        "Pooled sources",
        "good to know",
        "Small sources are one source, 'other': too few rows to tell them apart.",
        _NOTHING,
    ),
    "same_day_wins": Kind(
        "Same-day wins",
        "good to know",
        "They are a track of their own: in the median, not in the spread of times.",
        _NOTHING,
    ),
    "entered_afterwards": Kind(
        "Entered afterwards",
        "serious",
        "Deals seem to be created when they are won: the time to win is too short and cannot be used.",
        "Set the time to win by hand, and enter deals when they begin.",
    ),
    "not_lognormal": Kind(
        "Uneven times to win",
        "mind",
        "The simulator's times are about lognormal; fast and slow deals mixed are met in the middle only.",
        "Split the export by kind of deal, if there are two.",
    ),
    "unknown_values": Kind(
        "Unknown values",
        "mind",
        "Money comes from the starting scenario, not from the firm.",
        "Export the amounts of won deals, or set the mean value by hand.",
    ),
    "no_currency": Kind(
        "No currency named", "good to know", "Amounts are taken as they are.", "Name the currency in the scenario."
    ),
    "people": Kind("People", "good to know", "So many reps or marketers stand in the scenario.", "Check it."),
    "no_people": Kind(
        "No people",
        "mind",
        "Their number comes from the starting scenario; workload and spread between people are unknown.",
        "Export the owner (it is numbered, never named), or set the headcount by hand.",
    ),
}

WEIGHTS = ("serious", "mind", "good to know")


@dataclass(frozen=True)
class Finding:
    """One thing that an export shows.

    Parameters
    ----------
    kind : str
        A key of ``KINDS``.
    what : str
        It, in a sentence with its numbers; no person is named.
    n, of : int or None
        Rows that it is about, and of how many; None where it is not about rows.
    """

    kind: str
    what: str
    n: int | None = None
    of: int | None = None

    @property
    def title(self) -> str:
        """Its kind in two or three words."""
        return KINDS[self.kind].title

    @property
    def weight(self) -> str:
        """How much it matters."""
        return KINDS[self.kind].weight

    @property
    def effect(self) -> str:
        """What it does to a calibration."""
        return KINDS[self.kind].effect

    @property
    def mend(self) -> str:
        """What to do about it."""
        return KINDS[self.kind].mend


Findings = list[Finding]


def by_weight(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The most serious first, otherwise in their order.

    Examples
    --------
    >>> [f.kind for f in by_weight((Finding("people", "…"), Finding("drift", "…"), Finding("dormant", "…")))]
    ['drift', 'dormant', 'people']
    """
    return tuple(sorted(findings, key=lambda finding: WEIGHTS.index(finding.weight)))
