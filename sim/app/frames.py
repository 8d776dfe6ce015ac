"""What a picture needs of an organization on a day, as JSON can carry it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.rows import is_inbound, leads_of
from sim.app.live import Living
from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.outcomes import BY_NAME
from sim.domain.shown import DAYS_PER_QUARTER
from sim.domain.vocabulary import DISCOVERY, DISPUTES, HANDED, NEGOTIATION, PROPOSAL, RAW
from sim.report.prose import WORDINGS, amount, decimal
from sim.report.study_words import level

#: Figures that a frame carries; a page shows them with unit and name.
FIGURES = (
    "bookings_new",
    "wins",
    "cycle_days",
    "conflict_per_100",
    "followup_rate",
    "win_rate",
    "trust",
    "profit",
)
OPEN_STATES = {"raw": RAW, "handed": HANDED, "discovery": DISCOVERY, "proposal": PROPOSAL, "negotiation": NEGOTIATION}
#: Figures on a scale, which their titles name.
SCALED = ("trust",)
#: Columns of the journal that make this quarter's flow.
FLOW = ("leads_in", "handed_off", "deals_opened", "wins")
#: What of `still_of` the picture needs, and what the board of figures beside it.
PICTURE = ("trust", "means", "traffic", "desks")
BOARD = ("day", "shown", "open", "flow", "course")
#: Working days over which hand-offs count as recent.
RECENT_DAYS = 20

Frame = dict[str, Any]


def frame_of(firm: Living, happened: dict[str, Any], is_full: bool = True) -> Frame:
    """What a picture needs of an organization on a day.

    Parameters
    ----------
    happened : dict
        What `Living.live` told; empty for a still picture.
    is_full : bool
        Whether to tell ``still`` too, which is dear.

    Returns
    -------
    dict
        ``day``, ``days`` (of the window), ``happened``, ``waiting`` (see `Living.waiting`), ``deals`` (open, by row of
        people), and ``still``: `still_of`, or None.
    """
    return {
        "day": firm.today,
        "days": firm.n_days,
        "happened": happened,
        "waiting": firm.waiting(),
        "deals": firm.world.people.view(np.ndarray)["open_deals"].tolist(),
        "still": still_of(firm) if is_full else None,
    }


def still_of(firm: Living) -> dict[str, Any]:
    """What need not be told with every picture.

    Returns
    -------
    dict
        ``day``; ``figures`` (FIGURES, None where there is none); ``shown`` (name, label, text, meaning of each);
        ``open`` (leads by state: number and its words); ``flow`` (see `flow_of`); ``trust`` (0–100 for each pair,
        marketer by marketer); ``means`` (see `means_of`); ``traffic`` (see `traffic_of`); ``desks`` (see
        `Living.desks`); ``course`` (see `course_of`).
    """
    states = np.bincount(leads_of(firm.world)["state"], minlength=NEGOTIATION + 1)
    figures = firm.figures()
    return {
        "day": firm.today,
        "figures": {name: figures[name] for name in FIGURES},
        "shown": [[name, label_of(name), figure_text(name, figures[name]), BY_NAME[name].meaning] for name in FIGURES],
        "open": {name: [int(states[state]), decimal(int(states[state]), 0)] for name, state in OPEN_STATES.items()},
        "flow": flow_of(firm),
        "trust": np.rint(100.0 * firm.trust()).astype(int).ravel().tolist(),
        "means": means_of(firm),
        "traffic": traffic_of(firm),
        "desks": firm.desks(),
        "course": course_of(firm),
    }


def part_of(still: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What one part of a page needs of `still_of`, so that nothing is sent twice."""
    return {name: still[name] for name in names}


def label_of(name: str) -> str:
    """What a figure is called, with its scale where it has no unit.

    Examples
    --------
    >>> label_of("trust"), label_of("wins")
    ('Trust (0 to 1)', 'Deals won')
    """
    return WORDINGS[name].title if name in SCALED else BY_NAME[name].label


def figure_text(name: str, value: float | None) -> str:
    """A figure with its unit.

    Examples
    --------
    >>> figure_text("wins", 563.33), figure_text("bookings_new", 22.41e6), figure_text("wins", None)
    ('563 a year', '22.4 million c.u. a year', '–')
    """
    if value is not None and BY_NAME[name].unit == "1/year":
        return decimal(value, 0) + " a year"
    return level(value, name)


def flow_of(firm: Living) -> dict[str, str]:
    """What has flowed in the quarter that today belongs to, in words: its number from 1, and FLOW, leads and deals."""
    quarter = max(0, firm.today - 1) // DAYS_PER_QUARTER
    days = firm.journal(quarter * DAYS_PER_QUARTER)
    return {"quarter": str(quarter + 1), **{name: decimal(float(days[name].sum()), 0) for name in FLOW}}


def means_of(firm: Living) -> list[str]:
    """Mean trust of every marketer and then of every rep towards those of the other side who are there, in words."""
    trust, desks, firm_of = firm.trust(), np.array(firm.desks()), firm.world.organization
    n_marketers, wide, tall = int(firm_of.n_marketers), int(firm_of.unit_reps), int(firm_of.unit_marketers)
    units = trust.reshape(-1, tall, wide)
    there = desks[: n_marketers + len(units) * wide] == 2
    marketers, reps = there[:n_marketers].reshape(-1, tall, 1), there[n_marketers:].reshape(-1, 1, wide)
    of_marketers = (units * reps).sum(axis=2) / np.maximum(1, reps.sum(axis=2))
    of_reps = (units * marketers).sum(axis=1) / np.maximum(1, marketers.sum(axis=1))
    return [amount(float(mean), "score") for mean in [*of_marketers.ravel(), *of_reps.ravel()]]


def traffic_of(firm: Living) -> list[int]:
    """Hand-offs of late: number of a pair, how many, number of the next pair, how many, and so on."""
    leads = leads_of(firm.world)
    chosen = is_inbound(leads) & (leads["handed_day"] >= max(0, firm.day - RECENT_DAYS)) & (leads["rep"] >= 0)
    firm_of = firm.world.organization
    wide, n_marketers = int(firm_of.unit_reps), int(firm_of.n_marketers)
    pairs = leads["marketer"][chosen] * wide + (leads["rep"][chosen] - n_marketers) % wide
    known, counts = np.unique(pairs, return_counts=True)
    return np.stack([known, counts], axis=1).ravel().tolist()


def course_of(firm: Living) -> dict[str, Any]:
    """New bookings and disputes since the window began, week by week, the last up to today.

    Returns
    -------
    dict
        ``bookings`` (thousand c.u.) and ``disputes``, cumulative, 0 in front; ``booked`` and ``disputed``: the last of
        each in words.
    """
    days = firm.journal()
    bookings = days["bookings"]
    disputes = np.sum([days[f"{kind}_disputes"] for kind in DISPUTES], axis=0)
    return {
        "bookings": np.rint(_weekly(bookings) / 1000.0).astype(int).tolist(),
        "disputes": _weekly(disputes).astype(int).tolist(),
        "booked": amount(float(bookings.sum()), "money"),
        "disputed": amount(float(disputes.sum()), "count").removesuffix(".0"),
    }


def _weekly(flows: Any) -> Any:
    """Running total at the end of every week and today, 0 in front."""
    total = np.concatenate([[0.0], np.cumsum(flows)])
    ends = np.arange(0, len(total), DAYS_PER_WEEK)
    return total[ends if ends[-1] == len(total) - 1 else [*ends, len(total) - 1]]
