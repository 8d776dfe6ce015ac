"""Why two organizations part: the leads that fared differently on the same luck, told for a page."""

from __future__ import annotations

from typing import Any

from sim.app.jobs import Job
from sim.app.links import LETTERS, View
from sim.domain.practices import BY_NAME as PRACTICES
from sim.explain.explanation import Explanation, explained, spread
from sim.explain.stories import Cause, Story, paired
from sim.explain.timeline import Moment
from sim.report.prose import amount, decimal
from sim.spec.edit import with_value

#: Leads that are looked at.
LEADS = 24
#: Days of the window after which leads can have fared differently; before, the whole run is looked at.
FEWEST_DAYS = 20


def reasons_of(view: View, index: int, job: Job) -> dict[str, Any]:
    """Why leads fared differently in the first organization of a view and in another, up to its day.

    Parameters
    ----------
    index : int
        Which other, from 1.

    Returns
    -------
    dict
        ``names``, ``days``, ``counts`` (in words), ``reasons`` (label, fates, leads, bookings in words, because) and
        ``stories`` (see `story_for_page`).
    """
    made = view.scenarios()
    days = view.day if view.day >= FEWEST_DAYS else made[0].run.days
    first, second = (with_value(made[place], "run.days", days) for place in (0, index))
    names = LETTERS[0], LETTERS[index]
    pair = paired(first, second, view.seed, names)
    keys = spread(pair.differing, LEADS)
    job.expect(max(1, len(keys)))
    told = explained(pair, (first, second), keys, job)
    return {
        "names": list(names),
        "days": days,
        "counts": {name: decimal(count, 0) for name, count in _counts(told).items()},
        "reasons": [
            [each.label, list(each.fates), each.leads, _money(each.bookings), plain(each.because)]
            for each in told.reasons
        ],
        "stories": [story_for_page(each) for each in sorted(told.stories, key=_weight)],
    }


def _weight(story: Story) -> float:
    """Stories that are about the most money come first."""
    return -abs(story.bookings[1] - story.bookings[0])


def _counts(told: Explanation) -> dict[str, int]:
    counts = told.counts
    return {"both": counts.both, "differing": counts.differing, "open": counts.still_open, "looked": len(told.stories)}


def _money(value: float) -> str:
    return ("+" if value > 0 else "") + amount(value, "money")


def story_for_page(story: Story) -> dict[str, Any]:
    """A lead in two worlds, in words.

    Returns
    -------
    dict
        ``lead`` (its row in the first), ``fates``, ``steps`` (activity, when and who in both), ``causes`` (label,
        text) and ``is_found``: whether taking back the causes gives the fate of the first.
    """
    return {
        "lead": story.rows[0],
        "fates": [_fate(story, world) for world in (0, 1)],
        "steps": [[step.activity, *(_moment(moment) for moment in step.moments)] for step in story.timeline],
        "causes": [[cause.label, cause.text] for cause in _causes(story)],
        "is_found": story.is_restored,
    }


def plain(because: str) -> str:
    """What a path parts because of, with practices by what they are, not by their names in files.

    Examples
    --------
    >>> plain("practice meetings"), plain("marketing's score of the lead")
    ('cross-functional meetings', "marketing's score of the lead")
    """
    name = because.removeprefix("practice ")
    return PRACTICES[name].meaning.partition(" (")[0] if name in PRACTICES else because


def _causes(story: Story) -> tuple[Cause, ...]:
    return story.causes or ((story.first_divergence,) if story.first_divergence else ())


def _fate(story: Story, world: int) -> str:
    reason = story.reasons[world]
    value = f", {amount(story.bookings[world], 'money')}" if story.bookings[world] else ""
    return story.fates[world] + (f" ({reason})" if reason else "") + value


def _moment(moment: Moment | None) -> str:
    if moment is None:
        return ""
    days = f"day {decimal(moment.day, 0)}" + (f" to {decimal(moment.until, 0)}" if moment.until != moment.day else "")
    times = f", {moment.times} times" if moment.times > 1 else ""
    return f"{days}{times}" + (f", {moment.person}" if moment.person else "")
