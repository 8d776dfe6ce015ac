"""What the floor and the comparison are put together from: pictures and controls, each with its template."""

from __future__ import annotations

from typing import Any

import ipyvuetify as v
import traitlets

from sim.app import words
from sim.app.access import role
from sim.app.layout import ASSETS
from sim.app.links import SPEEDS, View, command_of, python_of
from sim.app.live import Living

LONGEST_STEP = 65


class FloorView(v.VuetifyTemplate):
    """One organization as a picture that moves.

    Traits: ``cast`` (see `cast_of`), ``frame`` and ``still`` (PICTURE of `sim.app.frames`), ``playing``, ``speed``,
    ``label`` (whose floor), ``part`` (``all``, ``floor`` or ``legend``), ``chosen`` (row of the person whose story is
    open, or −1).
    """

    template_file = str(ASSETS / "floor.vue")
    cast = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    still = traitlets.Dict().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Int(5).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    part = traitlets.Unicode("all").tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    words = traitlets.Dict(words.FLOOR).tag(sync=True)
    on_pick = traitlets.Callable(None, allow_none=True)

    def vue_pick(self, who: Any) -> None:
        """Open a story: ``["person", row]``, ``["lead", row]`` or ``["none", -1]``."""
        if self.on_pick is not None:
            self.on_pick(str(who[0]), int(who[1]))


class Transport(v.VuetifyTemplate):
    """Play, pause, step, speed and restart, scenario and luck; keeps the day in the address."""

    template_file = str(ASSETS / "transport.vue")
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Int(5).tag(sync=True)
    speeds = traitlets.List(list(SPEEDS)).tag(sync=True)
    day = traitlets.Int(0).tag(sync=True)
    days = traitlets.Int(0).tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)
    scenario = traitlets.Unicode("").tag(sync=True)
    scenarios = traitlets.List().tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    words = traitlets.Dict(words.TRANSPORT).tag(sync=True)
    on_choose = traitlets.Callable(None, allow_none=True)
    on_play = traitlets.Callable(None, allow_none=True)
    on_step = traitlets.Callable(None, allow_none=True)
    on_speed = traitlets.Callable(None, allow_none=True)
    on_restart = traitlets.Callable(None, allow_none=True)

    def vue_play(self, playing: bool) -> None:
        """Play or pause."""
        self.on_play(bool(playing))

    def vue_step(self, days: int) -> None:
        """Step some days."""
        self.on_step(max(1, min(LONGEST_STEP, int(days))))

    def vue_pace(self, speed: int) -> None:
        """Choose a speed."""
        if speed in SPEEDS:
            self.on_speed(int(speed))

    def vue_choose(self, choice: Any) -> None:
        """Change scenario or luck: ``["scenario", name]`` or ``["seed", text]``."""
        self.on_choose(str(choice[0]), str(choice[1]))

    def vue_restart(self, _: Any = None) -> None:
        """Begin again."""
        self.on_restart()


class Levers(v.VuetifyTemplate):
    """The relationship type and the interventions, with what they cost; ``few`` are shown at first.

    ``place`` is the number of the organization where several stand side by side, else −1.
    """

    template_file = str(ASSETS / "levers.vue")
    levers = traitlets.Dict().tag(sync=True)
    few = traitlets.Int(6).tag(sync=True)
    place = traitlets.Int(-1).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.LEVERS).tag(sync=True)
    on_pull = traitlets.Callable(None, allow_none=True)
    on_remove = traitlets.Callable(None, allow_none=True)
    removable = traitlets.Bool(False).tag(sync=True)

    def vue_pull(self, change: Any) -> None:
        """Change the type or a dose: ``["relationship", name]`` or ``[intervention, dose]``."""
        self.on_pull(str(change[0])[:80], change[1])

    def vue_remove(self, _: Any = None) -> None:
        """Take the organization away."""
        if self.removable:
            self.on_remove()


class Board(v.VuetifyTemplate):
    """Key figures, funnel and course of an organization: BOARD of `sim.app.frames`."""

    template_file = str(ASSETS / "board.vue")
    still = traitlets.Dict().tag(sync=True)
    days = traitlets.Int(0).tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    words = traitlets.Dict(words.BOARD).tag(sync=True)


class StoryView(v.VuetifyTemplate):
    """The story of a person or a lead (see `sim.app.stories`)."""

    template_file = str(ASSETS / "story.vue")
    story = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.STORY).tag(sync=True)
    on_pick = traitlets.Callable(None, allow_none=True)

    def vue_pick(self, who: Any) -> None:
        """Open a story (see `FloorView.vue_pick`)."""
        self.on_pick(str(who[0]), int(who[1]))


class Differences(v.VuetifyTemplate):
    """Figures of organizations side by side and their running differences (see `sim.app.contrast.differences_of`)."""

    template_file = str(ASSETS / "differences.vue")
    told = traitlets.Dict().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    words = traitlets.Dict(words.COMPARE).tag(sync=True)


class Courses(v.VuetifyTemplate):
    """The courses of organizations in one picture."""

    template_file = str(ASSETS / "courses.vue")
    courses = traitlets.List().tag(sync=True)
    day = traitlets.Int(0).tag(sync=True)
    days = traitlets.Int(0).tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    words = traitlets.Dict(words.COMPARE).tag(sync=True)


class Replicate(v.VuetifyTemplate):
    """How often to replicate, and which two to explain."""

    template_file = str(ASSETS / "replicate.vue")
    choices = traitlets.List().tag(sync=True)
    many = traitlets.Int(2).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.COMPARE).tag(sync=True)
    on_replicate = traitlets.Callable(None, allow_none=True)
    on_explain = traitlets.Callable(None, allow_none=True)

    def vue_replicate(self, replications: Any) -> None:
        """Run so many replications, of those that are offered."""
        if replications in self.choices:
            self.on_replicate(int(replications))

    def vue_explain(self, index: Any) -> None:
        """Explain the first and another organization."""
        if isinstance(index, int) and 0 < index < self.many:
            self.on_explain(index)


class Findings(v.VuetifyTemplate):
    """What a comparison found (see `sim.app.contrast.findings_of`)."""

    template_file = str(ASSETS / "findings.vue")
    told = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.COMPARE).tag(sync=True)


class Reasons(v.VuetifyTemplate):
    """Why leads fared differently (see `sim.app.reasons.reasons_of`)."""

    template_file = str(ASSETS / "reasons.vue")
    told = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.COMPARE).tag(sync=True)


class Share(v.VuetifyTemplate):
    """Link, command, Python and TOML to copy: ``texts`` are of the day, ``files`` change with levers only."""

    template_file = str(ASSETS / "share.vue")
    texts = traitlets.Dict().tag(sync=True)
    files = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.SHARE).tag(sync=True)


def cast_of(firm: Living) -> dict[str, Any]:
    """Who and what a picture of an organization shows.

    Returns
    -------
    dict
        ``people`` (see `Living.people`), names of ``sources``, number of ``marketers``, and how ``tall`` (marketers)
        and ``wide`` (reps) a unit is.
    """
    market: Any = firm.scenario.market
    organization = firm.world.organization
    return {
        "people": firm.people(),
        "sources": [source.name for source in market.sources],
        "marketers": int(organization.n_marketers),
        "tall": int(organization.unit_marketers),
        "wide": int(organization.unit_reps),
    }


def share_of(view: View, day: int, index: int = 0) -> dict[str, str]:
    """Command and Python line of an organization of a view as it stands on a day."""
    days = view.base().run.days
    ends = day if 0 < day < days else None
    return {
        "command": command_of(view, view.scenario, index, ends),
        "python": python_of(view, view.scenario, index, ends),
    }


def scenario_choices() -> list[list[str]]:
    """Name and label of every scenario that a page may show: the shipped ones by size, then one's own."""
    from sim.app.links import named
    from sim.app.my_work import own_names
    from sim.spec.catalogue import scenario_names

    known = [(name, named(name).people) for name in [*scenario_names(), *(own_names() if role() == "owner" else [])]]
    ranked = sorted(known, key=lambda pair: (pair[0].startswith("my-"), pair[1].units * pair[1].reps))  # type: ignore[attr-defined]
    return [[name, words.CHOICE.format(name=name.capitalize(), reps=p.units * p.reps)] for name, p in ranked]  # type: ignore[attr-defined]
