"""Contact between the two sides and what grows from it: acquaintance, common language, trust, knowledge, horizons.

Contact counts by its quality: sitting near each other raises contact, but trust, acquaintance and a common language
grow only from contact with a common task, two-way talk and backing (contact theory, E34; frequency acts through
quality, E27). See docs/odd.md, "Contact".
"""

from __future__ import annotations

from sim.behaviours.arithmetic import exp
from sim.behaviours.kernel import kernel
from sim.behaviours.practices import meeting_hours_per_week
from sim.behaviours.readings import is_active, is_same_person, level, pair_row, rep_row
from sim.domain.records import World
from sim.domain.vocabulary import (
    AGENDA_DISCIPLINE,
    COLLOCATION,
    DATA_SHARING,
    EXECUTIVE_SUPPORT,
    JOINT_EVENTS,
    JOINT_WORK,
    RIDE_ALONGS,
    SHARED_METRIC_MARKETING,
    SHARED_METRIC_SALES,
    TRAINING,
)


@kernel
def backing(world: World) -> float:
    """Factor on the quality of all contact, from the floor without support from the top to 1 with it."""
    floor = world.rules.backing_floor
    return floor + (1.0 - floor) * level(world, EXECUTIVE_SUPPORT)


@kernel
def incidental_contact(world: World) -> float:
    """Chance meetings of a pair per week.

    Notes
    -----
    Free contacts are spread over everyone in reach, so they are dense across functions in a small firm and thin in a
    large one; distance leaves ``far_weight`` of them (Allen's curve, E43), collocation undoes the distance.
    """
    firm, rules = world.organization, world.rules
    reach = rules.far_weight + (1.0 - rules.far_weight) * level(world, COLLOCATION)
    around_rep = max(1.0, (firm.reps_today - 1) + reach * firm.marketers_today)
    around_marketer = max(1.0, (firm.marketers_today - 1) + reach * firm.reps_today)
    return 0.5 * reach * rules.free_contacts * (1.0 / around_rep + 1.0 / around_marketer)


@kernel
def joint_contact(world: World) -> float:
    """Contact per person and week from joint work and joint events."""
    rules = world.rules
    return rules.joint_contact * (level(world, JOINT_WORK) + rules.event_contact * level(world, JOINT_EVENTS))


@kernel
def ride_along_contact(world: World) -> float:
    """Contact per marketer and week from calls together."""
    return world.rules.ride_along_contact * level(world, RIDE_ALONGS)


@kernel
def set_contact(world: World) -> None:
    """Raw contact and contact quality of an average pair this week. Changes the organization in place."""
    firm, rules = world.organization, world.rules
    circle = min(rules.circle, firm.marketers_today)
    meeting = rules.meeting_contact * meeting_hours_per_week(world)
    ride = ride_along_contact(world) / firm.reps_today
    incidental = incidental_contact(world)
    firm.contact = incidental + (meeting + joint_contact(world)) / circle + ride
    planned = level(world, AGENDA_DISCIPLINE) * meeting + joint_contact(world)
    quality = rules.incidental_quality * incidental + planned / circle + rules.ride_along_quality * ride
    firm.contact_quality = backing(world) * quality


@kernel
def meet(world: World) -> None:
    """Every pair gets to know and trust each other a little more, and a little less. Changes pairs in place.

    Trust grows with contact and drifts back to where it began; acquaintance grows with it and fades.
    """
    firm, rules = world.organization, world.rules
    known = rules.familiarity_build * (1.0 - exp(-firm.contact_quality / rules.familiarity_scale))
    trusted = rules.trust_gain * (1.0 - exp(-rules.trust_scale * firm.contact_quality))
    n, familiarity, trust = 0, 0.0, 0.0
    for marketer in range(firm.n_marketers):
        if not is_active(world, marketer):
            continue
        first = rep_row(world, world.people[marketer].unit, 0)
        for slot in range(firm.reps_today):
            if is_active(world, first + slot):
                pair = world.pairs[marketer * firm.unit_reps + slot]
                pair.familiarity += known * (1.0 - pair.familiarity) - rules.familiarity_fade * pair.familiarity
                pair.trust += trusted * (1.0 - pair.trust) - rules.trust_fade * (pair.trust - rules.trust_start)
                familiarity += pair.familiarity
                trust += pair.trust
                n += 1
    for unit in range(firm.n_units):
        for slot in range(firm.generalists_today):
            pair = world.pairs[pair_row(world, unit * firm.unit_marketers + slot, rep_row(world, unit, slot))]
            familiarity += 1.0 - pair.familiarity
            trust += 1.0 - pair.trust
            pair.familiarity = pair.trust = 1.0
    firm.mean_familiarity, firm.mean_trust = familiarity / max(1, n), trust / max(1, n)


@kernel
def learn_language(world: World) -> None:
    """Everybody's common language grows from contact of quality and from class, and fades. Changes people in place."""
    firm, rules = world.organization, world.rules
    meeting = rules.meeting_contact * meeting_hours_per_week(world)
    planned = level(world, AGENDA_DISCIPLINE) * meeting + joint_contact(world)
    chance_meetings = rules.incidental_quality * incidental_contact(world)
    of_rep = backing(world) * (chance_meetings * firm.marketers_today + planned)
    rides = rules.ride_along_quality * ride_along_contact(world)
    of_marketer = backing(world) * (chance_meetings * firm.reps_today + planned + rides)
    in_class = rules.training_gain * rules.training_transfer * level(world, TRAINING) / 4.0
    gain_of_rep = rules.vocabulary_gain * (1.0 - exp(-rules.vocabulary_scale * of_rep)) + in_class
    gain_of_marketer = rules.vocabulary_gain * (1.0 - exp(-rules.vocabulary_scale * of_marketer)) + in_class
    for row in range(firm.n_marketers + firm.n_reps):
        if not is_active(world, row):
            continue
        person = world.people[row]
        gain = gain_of_marketer if row < firm.n_marketers else gain_of_rep
        loss = rules.vocabulary_fade * (person.vocabulary - rules.vocabulary_start)
        person.vocabulary += gain * (1.0 - person.vocabulary) - loss


@kernel
def learn_market(world: World) -> None:
    """Marketers learn about the market from meetings, calls together, shared data and hearsay. Changes people in place.

    The market moves on: without news from the field, knowledge falls back to where it began.
    """
    firm, rules = world.organization, world.rules
    channels = 2.0 * meeting_hours_per_week(world) * level(world, AGENDA_DISCIPLINE)
    channels += 0.5 * level(world, RIDE_ALONGS) + 0.75 * level(world, DATA_SHARING)
    hearsay = min(1.0, incidental_contact(world) * firm.reps_today)
    gain = min(1.0 - rules.knowledge_drift, rules.knowledge_channel * channels + rules.knowledge_hearsay * hearsay)
    for row in range(firm.n_marketers):
        if not is_active(world, row):
            continue
        person = world.people[row]
        drift = rules.knowledge_drift * (person.market_knowledge - rules.knowledge_start)
        person.market_knowledge += gain * (1.0 - person.market_knowledge) - drift


@kernel
def change_orientation(world: World) -> None:
    """Shared pay and joint work bring the two time horizons together, slowly. Changes the organization in place."""
    firm, rules = world.organization, world.rules
    joint = 0.1 * level(world, JOINT_WORK)
    pull_sales = rules.orientation_move * min(1.0, 2.0 * level(world, SHARED_METRIC_SALES) + joint)
    pull_marketing = rules.orientation_move * min(1.0, level(world, SHARED_METRIC_MARKETING) + joint)
    sales = min(1.0, rules.orientation_sales + pull_sales)
    marketing = max(0.0, rules.orientation_marketing - pull_marketing)
    firm.orientation_sales += rules.orientation_rate * (sales - firm.orientation_sales)
    firm.orientation_marketing += rules.orientation_rate * (marketing - firm.orientation_marketing)


@kernel
def hear_news(world: World, marketer: int, rep: int, gain: float) -> None:
    """A report is mutual news: the pair get to know each other and share words; the marketer learns the market.

    Parameters
    ----------
    marketer, rep : int
        Rows of ``world.people``, changed in place with their pair.
    gain : float
        Share of the missing market knowledge that the report brings.
    """
    rules = world.rules
    one, other = world.people[marketer], world.people[rep]
    if not is_same_person(world, marketer, rep):
        pair = world.pairs[pair_row(world, marketer, rep)]
        pair.familiarity += rules.familiarity_news * (1.0 - pair.familiarity)
    other.vocabulary += rules.vocabulary_report_rep * (1.0 - other.vocabulary)
    one.vocabulary += rules.vocabulary_report_marketer * (1.0 - one.vocabulary)
    one.market_knowledge += gain * (1.0 - one.market_knowledge)


@kernel
def gain_trust(world: World, marketer: int, rep: int, share: float) -> None:
    """A good experience closes a share of the gap to full trust. Changes the pair in place."""
    pair = world.pairs[pair_row(world, marketer, rep)]
    pair.trust += share * (1.0 - pair.trust)


@kernel
def lose_trust(world: World, marketer: int, rep: int, share: float) -> None:
    """A bad experience takes a share of trust; acquaintance forgives most of it. Changes the pair in place."""
    pair = world.pairs[pair_row(world, marketer, rep)]
    familiarity = pair.familiarity if world.rules.use_familiarity != 0 else 0.0
    pair.trust *= 1.0 - share * (1.0 - world.rules.trust_forgiveness * familiarity)
