"""What a terminal shows of an explanation: the typical reasons, what restores most, and the story of a lead."""

from __future__ import annotations

from collections.abc import Sequence

from sim.explain.explanation import Explanation
from sim.explain.influences import LEAST_SHIFT
from sim.explain.settings import Setting
from sim.explain.stories import Cause, Story
from sim.explain.timeline import Moment
from sim.explain.words import influence_text, number
from sim.report.terminal import listed, written

#: Rows of a table, and quantities behind a cause, that are shown.
SHOWN, BEHIND = 12, 4


def explanation_text(told: Explanation) -> str:
    """The typical reasons over the leads that were looked at, and the settings that restore most of them."""
    ours, theirs = told.names
    counts, verdicts = told.counts, told.verdicts()
    looked = len(told.stories)
    known = (
        f"{ours} and {theirs} on the same luck: {counts.both:,} leads came in to both, {counts.differing:,} fared"
        f" differently; {counts.still_open:,} are still open in one or both and not compared."
    )
    if not looked:
        return written(known)
    heading = (
        f"{known}\nLooked at: {looked:,}. {verdicts['one cause']:,} have one cause: taken back in {theirs}, and nothing"
        f" else, the lead fares as in {ours}. {verdicts['joint causes']:,} have joint causes"
        + (f"; of {verdicts['not found']:,} none was found." if verdicts["not found"] else ".")
    )
    rows = [
        (one.label, " → ".join(one.fates), f"{one.leads:,}", f"{one.bookings:+,.0f}", one.because, str(one.example))
        for one in told.reasons[:SHOWN]
    ]
    columns = ("where the paths part", f"{ours} → {theirs}", "leads", "bookings", "mostly because of", "such as lead")
    parts = [heading, listed(columns, rows, "table")]
    if settings := _settings(told.settings, looked, told.names):
        parts += [
            f"Settings of {theirs} that restore leads when one alone is as in {ours}, for the whole firm:",
            settings,
        ]
    return written(*parts)


def _settings(settings: Sequence[Setting], looked: int, names: tuple[str, str]) -> str:
    rows = [
        (one.name, _value(one.first), _value(one.second), f"{len(one.restored):,} of {looked:,}")
        for one in settings[:SHOWN]
        if one.restored
    ]
    return listed(("setting", *names, "leads restored"), rows, "table") if rows else ""


def _value(value: object) -> str:
    if value is None:
        return "–"
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def story_text(told: Explanation, story: Story) -> str:
    """The story of one lead: both worlds side by side, where the paths part, the cause, and the check of it."""
    ours, theirs = told.names
    fates = [_fate(story, world) for world in (0, 1)]
    heading = f"Lead {story.rows[0]} ({theirs}: lead {story.rows[1]}): {fates[0]} in {ours}, {fates[1]} in {theirs}."
    steps = [(step.activity, *(_moment(moment) for moment in step.moments)) for step in story.timeline]
    parts = [heading, listed(("step", ours, theirs), steps, "table")]
    parts += ["Day 0 is the first after the warm-up."]
    first = story.first_divergence
    if first is not None and first not in story.causes:
        parts += ["", f"First divergence: {first.label}. {first.text}"]
    parts += ["", *_causes(story, ours), _check(story, told.names)]
    settings = [one for one in told.settings if story.key in one.restored]
    if settings and len(told.settings) > 1:
        parts += [f"So does {theirs} with this alone as in {ours}: {'; or '.join(map(_taken_back, settings))}."]
    return written(*parts)


def _taken_back(setting: Setting) -> str:
    """A setting that is taken back, in words."""
    if setting.first is None or setting.second is None:
        return f"{'without' if setting.first is None else 'with'} {setting.name}"
    return f"{setting.name} {_value(setting.first)} instead of {_value(setting.second)}"


def _fate(story: Story, world: int) -> str:
    reason = story.reasons[world]
    return story.fates[world] + (f" ({reason})" if reason else "")


def _moment(moment: Moment | None) -> str:
    if moment is None:
        return ""
    days = f"day {moment.day}" + (f" to {moment.until}" if moment.until != moment.day else "")
    times = f", {moment.times} times" if moment.times > 1 else ""
    return f"{days}{times}, {moment.person}" if moment.person else days + times


def _causes(story: Story, first: str) -> list[str]:
    title = "Cause" if len(story.causes) == 1 else "Cause {place} of {all}"
    return [
        f"{title.format(place=place, all=len(story.causes))}: {cause.label}. {cause.text}{_behind(cause, first)}"
        for place, cause in enumerate(story.causes, 1)
    ]


def _behind(cause: Cause, first: str) -> str:
    """The quantities behind a cause, a line each."""
    told = [influence_text(one, first) for one in cause.influences[:BEHIND]]
    if cause.rest is not None and abs(cause.rest) > LEAST_SHIFT:
        told.append(f"the day itself, and what came earlier on it: {cause.rest:+.3f}")
    return "".join(f"\n  - {one}" for one in told)


def _check(story: Story, names: tuple[str, str]) -> str:
    ours, theirs = names
    if story.verdict == "same fate":
        return "It fares the same in both: there is nothing to explain."
    if not story.is_restored:
        return f"Check: no parting, taken back alone or with others, gives the lead the fate of {ours}."
    what = "this" if len(story.causes) == 1 else f"these {len(story.causes)} together"
    reason = f" ({story.restored_reason})" if story.restored_reason else ""
    taken_back = f"with {what} taken back in {theirs}, and nothing else"
    return f"Check: {taken_back}, the lead is {story.fates[0]}{reason}, as in {ours}{_late(story.days_late)}."


def _late(days: int) -> str:
    """How long after the end of the run a fate was restored, where it was so late."""
    return f"; {days} working day{'s' if days > 1 else ''} after the end of the run, which was lived on" if days else ""
