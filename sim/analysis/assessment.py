"""The self-assessment of Kotler, Rackham and Krishnaswamy (2006) read off a run: 20 themes, two sides and their heads.

The themes follow E117, the bands E116. Staff answer from what happens, heads from what is ordered (assumption). It
tells about the two sides, never about a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.analysis.rows import incidents_of, is_deal, leads_of, n_window_days, warmup_of, window_sums
from sim.behaviours.calendar import DAYS_PER_MONTH, DAYS_PER_WEEK
from sim.domain.records import World
from sim.domain.vocabulary import (
    BLAME,
    BUDGET,
    CREDIT,
    DISPUTING,
    FOLLOW_UP,
    LEAD_QUALITY,
    MARKETER,
    PRACTICES,
    PRICE,
    REP,
    TERRITORY,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

#: Lowest sum of each band (E116).
BANDS = {"undefined": 20, "defined": 40, "aligned": 60, "integrated": 80}
#: Personal disputes that each side holds against the other.
BLAMED_BY_MARKETING = (LEAD_QUALITY, PRICE, BUDGET, BLAME)
BLAMED_BY_SALES = (FOLLOW_UP, CREDIT, TERRITORY, BLAME)
GROUPS = ("marketing", "sales", "heads")


@dataclass(frozen=True)
class Side:
    """What one side sees of a run; every number but `blamed` and `dispute_hours` is 0–1.

    Parameters
    ----------
    ordered, lived : mapping
        Level of each practice as it is ordered, and with what acquaintance stands in for; in its own unit.
    vocabulary, knowledge, trust : float
        Mean of the side's own common language; market knowledge of marketers; trust over pairs.
    material : float
        How useful sales material is to this side.
    feedback : float
        How willingly feedback is given, as this side sees it.
    blamed : float
        Personal disputes held against the other side, per person-month.
    dispute_hours : float
        Per person and week.
    """

    ordered: Mapping[str, float]
    lived: Mapping[str, float]
    vocabulary: float
    knowledge: float
    trust: float
    material: float
    feedback: float
    blamed: float
    dispute_hours: float


Reading = Callable[[Side], float]


@dataclass(frozen=True)
class Theme:
    """One of the twenty: its short name, the statement that people agree to or not, what staff and heads answer from.

    Parameters
    ----------
    text : str
        Short name.
    statement : str
        In words of our own, such that marketers and sellers can both answer; 5 is agree strongly.
    staff, heads : callable
        Reading of a side, 0–1.
    """

    text: str
    statement: str
    staff: Reading
    heads: Reading


def _ordered(name: str) -> Reading:
    return lambda side: side.ordered[name]


def _lived(name: str) -> Reading:
    return lambda side: side.lived[name]


def _full_at(name: str, most: float) -> Reading:
    """A practice as a share of the level that counts as all of it."""
    return lambda side: min(1.0, side.ordered[name] / most)


def _metrics(side: Side) -> float:
    return min(1.0, side.ordered["shared_metric_marketing"] + 2.0 * side.ordered["shared_metric_sales"])


def _fate(side: Side) -> float:
    return min(1.0, 0.5 * side.ordered["shared_metric_marketing"] + 2.0 * side.ordered["shared_metric_sales"])


def _key_customers(side: Side) -> float:
    return min(1.0, side.ordered["ride_alongs"] / 4.0 + side.ordered["account_plans"] / 2.0)


def _talks(side: Side) -> float:
    return min(1.0, side.ordered["meetings"] / 4.0) * side.ordered["agenda_discipline"]


def _little_blame(side: Side) -> float:
    return 1.0 - (1.0 - side.ordered["handoff_clarity"]) * (1.0 - side.ordered["funnel_unity"])


def _both(one: Reading, other: Reading) -> Reading:
    return lambda side: one(side) * other(side)


_JOINT_WORK, _TRAINING = _full_at("joint_work", 1.2), _full_at("training", 5.0)
_DATA, _FUNNEL = _ordered("data_sharing"), _ordered("funnel_unity")
_TOP, _PLAN, _PLANS = _ordered("executive_support"), _ordered("joint_planning"), _ordered("account_plans")
#: The twenty themes, in the order of E117.
THEMES = (
    Theme(
        "forecasts both sides can trust",
        "Both sides can rely on what we forecast to sell.",
        _lived("data_sharing"),
        _DATA,
    ),
    Theme(
        "little blame",
        "When something goes wrong we look for the cause, not for the guilty.",
        lambda side: 1.0 - min(1.0, side.blamed / 0.12),
        _little_blame,
    ),
    Theme(
        "marketers meet key customers",
        "Marketers regularly meet our most important customers.",
        _key_customers,
        _key_customers,
    ),
    Theme(
        "sales has a say in marketing's plan",
        "Sales has a real say in what marketing plans.",
        _lived("joint_planning"),
        _PLAN,
    ),
    Theme(
        "useful sales material",
        "What marketing gives to sales helps to win customers.",
        lambda side: side.material,
        lambda side: max(side.ordered["feedback"], side.ordered["account_plans"]),
    ),
    Theme(
        "feedback willingly given",
        "What works in the field and what does not is told to the other side without being asked twice.",
        lambda side: side.feedback,
        _ordered("feedback"),
    ),
    Theme(
        "common words",
        "Words such as 'qualified lead' mean the same to marketing and to sales.",
        lambda side: side.vocabulary,
        lambda side: min(1.0, side.ordered["training"] / 6.0 + side.ordered["handoff_clarity"] / 2.0),
    ),
    Theme(
        "heads talk early and regularly",
        "The heads of marketing and sales talk regularly, and before things are decided.",
        _talks,
        _talks,
    ),
    Theme(
        "buyers studied together",
        "Marketing and sales find out together how our customers decide.",
        lambda side: side.knowledge,
        _JOINT_WORK,
    ),
    Theme(
        "little time lost to disputes",
        "Our time together goes into the work ahead, seldom into quarrels and emergencies.",
        lambda side: 1.0 - min(1.0, side.dispute_hours / 0.5),
        _ordered("handoff_clarity"),
    ),
    Theme(
        "far-off products planned together",
        "Products that are still years away are planned by marketing and sales together.",
        _PLAN,
        _PLAN,
    ),
    Theme("common success metrics", "Marketing and sales are measured by the same goals.", _metrics, _metrics),
    Theme("marketing in key accounts", "Marketing has a part in the plans for our key customers.", _PLANS, _PLANS),
    Theme(
        "one funnel, built together",
        "There is one way from inquiry to order; both sides drew it up and work by it.",
        _lived("funnel_unity"),
        _FUNNEL,
    ),
    Theme(
        "marketing uses funnel data",
        "Marketing works with the figures of the whole way to the order, not only of its own part.",
        _both(_DATA, _lived("funnel_unity")),
        _both(_DATA, _FUNNEL),
    ),
    Theme(
        "rise or fall together",
        "If one side misses its goals, the other feels it as its own loss.",
        lambda side: 0.5 * _fate(side) + 0.5 * side.trust,
        _fate,
    ),
    Theme("one line to the top", "One person at the top answers for marketing and sales alike.", _TOP, _TOP),
    Theme(
        "people change places",
        "People of one side work with the other for a while, on joint tasks or in each other's place.",
        _JOINT_WORK,
        _JOINT_WORK,
    ),
    Theme("trained together", "Marketing and sales go to the same trainings.", _TRAINING, _TRAINING),
    Theme(
        "present together to the top",
        "Plans and results are put to top management by both sides together.",
        _both(_TOP, _PLAN),
        _both(_TOP, _PLAN),
    ),
)


def assessment(world: World) -> pd.DataFrame:
    """The self-assessment at the end of a run.

    Returns
    -------
    pandas.DataFrame
        A row per theme: ``theme``, then 1 (disagree strongly) to 5 (agree strongly) of ``marketing``, ``sales`` (staff)
        and ``heads``. `sums` adds them up.
    """
    import pandas as pd

    answers = readout(world)
    table = pd.DataFrame(answers.T, columns=list(GROUPS))
    table.insert(0, "theme", [theme.text for theme in THEMES])
    return table


def readout(world: World) -> Floats:
    """The self-assessment at the end of a run as numbers alone.

    Returns
    -------
    ndarray
        float64 of shape (3, 20): marketing staff, sales staff, heads; 1 to 5 each.
    """
    marketing, sales = sides(world)
    shares = [[theme.staff(side) for theme in THEMES] for side in (marketing, sales)]
    return 1.0 + 4.0 * np.array([*shares, [theme.heads(sales) for theme in THEMES]])


def sums(table: pd.DataFrame) -> pd.DataFrame:
    """Sum (20–100, whole as on paper) and band of each group of an assessment: ``group``, ``sum``, ``band``."""
    import pandas as pd

    totals = [round(float(table[group].sum())) for group in GROUPS]
    return pd.DataFrame({"group": GROUPS, "sum": totals, "band": [band_of(total) for total in totals]})


def band_of(total: int) -> str:
    """Relationship type that a sum stands for.

    Examples
    --------
    >>> band_of(39), band_of(40), band_of(100)
    ('undefined', 'defined', 'integrated')
    """
    return next(name for name, lowest in reversed(BANDS.items()) if total >= lowest or lowest == BANDS["undefined"])


def sides(world: World) -> tuple[Side, Side]:
    """What marketing and what sales see of a run."""
    firm, total = world.organization, window_sums(world)
    people = np.asarray(world.people)
    people = people[people["first_day"] <= firm.day]
    marketers, reps = (people[people["role"] == role] for role in (MARKETER, REP))
    ordered = dict(zip(PRACTICES, map(float, firm.level), strict=True))
    lived = {name: 1.0 - (1.0 - level) * (1.0 - _standing_in(world)) for name, level in ordered.items()}
    of_marketing, of_sales = (float(rows["vocabulary"].mean()) for rows in (marketers, reps))
    knowledge = float(marketers["market_knowledge"].mean())
    given = total["reports"] / total["reportable"] if total["reportable"] > 0 else 0.0
    common: dict[str, Any] = {
        "ordered": ordered,
        "lived": lived,
        "knowledge": knowledge,
        "trust": float(firm.mean_trust),
    }
    common["dispute_hours"] = _dispute_hours(world)
    marketing = Side(
        **common,
        vocabulary=of_marketing,
        material=0.5 * (of_marketing + knowledge),
        feedback=given,
        blamed=_blamed(world, BLAMED_BY_MARKETING),
    )
    sales = Side(
        **common,
        vocabulary=of_sales,
        material=_mean_message(world),
        feedback=lived["feedback"],
        blamed=_blamed(world, BLAMED_BY_SALES),
    )
    return marketing, sales


def _standing_in(world: World) -> float:
    """How far acquaintance stands in for what is not ordered."""
    familiarity = world.organization.mean_familiarity if world.rules.use_familiarity != 0 else 0.0
    return float(world.rules.informal_substitution * familiarity)


def _workers(world: World) -> float:
    """Marketers and reps of the window by plan, mean over days."""
    return float(np.asarray(world.journal["persons"])[warmup_of(world) : int(world.rules.n_days)].mean())


def _dispute_hours(world: World) -> float:
    firm = world.organization
    hours = world.people["hours"][: int(firm.n_marketers + firm.n_reps), DISPUTING].sum()
    return float(hours) * DAYS_PER_WEEK / (_workers(world) * n_window_days(world))


def _blamed(world: World, kinds: tuple[int, ...]) -> float:
    rows = incidents_of(world)
    rows = rows[(rows["day"] >= warmup_of(world)) & (rows["is_personal"] != 0)]
    months = _workers(world) * n_window_days(world) / DAYS_PER_MONTH
    return sum(int((rows["kind"] == kind).sum()) for kind in kinds) / months


def _mean_message(world: World) -> float:
    leads = leads_of(world)
    deals = leads[is_deal(leads) & (leads["first_day"] >= warmup_of(world))]
    return float(deals["message"].mean()) if len(deals) else 0.0
