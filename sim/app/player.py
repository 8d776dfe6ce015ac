"""What the floor and the comparison share: a show, how it is played, and what of it has been drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara

from sim.app.frames import PICTURE, Frame, part_of
from sim.app.layout import is_watched
from sim.app.levers import levers_of, standing_on
from sim.app.links import LETTERS, View
from sim.app.show import Pace, Seen, Show
from sim.app.stories import Story, story_of
from sim.app.widgets import Transport, cast_of, scenario_choices
from sim.domain.errors import InputError


@dataclass(frozen=True)
class Player:
    """A show before a visitor, with its state as the page was last rendered.

    Parameters
    ----------
    show, seen : Show, Seen
        What lives, and what of it the page has.
    drawn : dict
        Widgets by name (``transport``, ``floor0``, ``levers0`` …) once they are there; pages keep their own in it too.
    playing, speed, query, error, story : state
        As the visitor has set them; `error` is what could not be done last, `story` the one that is open, with the
        ``place`` of its organization.
    change : dict
        By name of the state above, what sets it.
    also : callable
        Draws what only this page has, of full frames: takes the player.
    """

    show: Show
    seen: Seen
    drawn: dict[str, Any]
    playing: bool
    speed: int
    query: str
    error: str
    story: Story
    change: dict[str, Callable[[Any], None]]
    also: Callable[[Player], None]

    def draw(self, frames: list[Frame]) -> None:
        """Give the page new frames, and nothing that it has already."""
        is_full = self.seen.take(frames)
        for index, pulse in enumerate(self.seen.pulses):
            if is_full:
                self.drawn[f"floor{index}"].still = part_of(self.seen.stills[index], PICTURE)
                self._draw_levers(index)
            self.drawn[f"floor{index}"].frame = pulse
        if is_full:
            self.also(self)
        self.drawn["transport"].day = frames[0]["day"]

    def _draw_levers(self, index: int) -> None:
        """Let levers say what is in force today, where they say otherwise: what is planned begins, or ends."""
        firm, name = self.show.firms[index], f"levers{index}"
        standing = standing_on(firm.scenario, firm.today)
        if self.drawn.get(f"{name} standing") != standing:
            self.drawn[f"{name} standing"] = standing
            self.drawn[name].levers = levers_of(firm.scenario, firm.today)

    def tried(self, work: Callable[[], None]) -> None:
        """Do something, and keep in words why it could not be done."""
        try:
            work()
        except InputError as wrong:
            self.change["error"](str(wrong))
        else:
            self.change["error"]("")

    def pull(self, index: int, name: str, value: Any) -> None:
        """Move a lever of an organization."""
        self.tried(lambda: self._pulled(index, (name, value)))

    def _pulled(self, index: int, lever: tuple[str, Any]) -> None:
        frames = self.show.pull(index, lever)
        self.drawn[f"floor{index}"].cast = cast_of(self.show.firms[index])  # there may be a liaison more
        self.draw(frames)
        self.change["query"](self.show.view.query())

    def step(self, days: int) -> None:
        """Live through some days, at rest."""
        self.change["playing"](False)
        self.draw(self.show.step(days))
        self.retell()

    def pick(self, place: int, kind: str, row: int) -> None:
        """Open the story of somebody or of a lead in an organization; that of nobody closes what is open."""
        firms = self.show.firms
        with self.show.lock:
            found = story_of(firms[place], kind, row)
        self.drawn["who"] = (place, kind, row) if found else ()
        title = {"title": f"{LETTERS[place]} · {found['title']}"} if found and len(firms) > 1 else {}
        self.change["story"]({**found, **title, "place": place} if found else {})

    def retell(self) -> None:
        """Tell the story that is open as of today."""
        if who := self.drawn.get("who"):
            self.pick(*who)

    def chosen(self, place: int) -> int:
        """Row of the person of an organization whose story is open, or −1."""
        story = self.story
        return int(story["row"]) if story.get("kind") == "person" and story["place"] == place else -1

    def pace(self, speed: int) -> None:
        """Play at another speed."""
        self.show.view = self.show.view.changed(speed=speed)
        self.change["speed"](speed)
        self.change["query"](self.show.view.query())

    def restart(self) -> None:
        """Begin again, at rest, with no story."""
        self.pick(0, "none", -1)
        self.change["playing"](False)
        self.draw(self.show.restart())

    def live(self) -> Callable[[], None] | None:
        """Let time pass while it is played; returns what stops it."""
        if not self.playing:
            self.draw(self.show.frames())
            self.retell()
            return None
        pace = Pace(self.show, self.draw, is_watched, lambda: self.change["playing"](False))
        pace.start()
        return pace.stop

    def transport(self, marks: list[Any], choose: Callable[[str, str], None]) -> Any:
        """Controls of it all."""
        view = self.show.view
        return Transport.element(
            playing=self.playing,
            speed=self.speed,
            days=self.show.firms[0].n_days,
            day=self.show.today,
            query=self.query,
            marks=marks,
            scenario=view.scenario,
            scenarios=scenario_choices(),
            seed=view.seed,
            on_choose=choose,
            on_play=self.change["playing"],
            on_step=self.step,
            on_speed=self.pace,
            on_restart=self.restart,
        )


def use_player(view: View, also: Callable[[Player], None]) -> Player:
    """A player for as long as a page shows a view."""
    show = solara.use_memo(lambda: Show(view), [])
    seen = solara.use_memo(lambda: Seen(show.frames()), [])
    drawn: dict[str, Any] = solara.use_memo(dict, [])
    states = {
        "playing": solara.use_state(False),
        "speed": solara.use_state(view.speed),
        "query": solara.use_state(view.query()),
        "error": solara.use_state(""),
        "story": solara.use_state({}),
    }
    values = {name: value for name, (value, _) in states.items()}
    change = {name: setter for name, (_, setter) in states.items()}
    return Player(show, seen, drawn, **values, change=change, also=also)


def use_time(player: Player, elements: dict[str, Any]) -> None:
    """Keep the widgets of some elements for drawing, and let time pass while it is played."""

    def keep() -> None:
        player.drawn.update({name: solara.get_widget(element) for name, element in elements.items()})

    solara.use_effect(keep, [])
    solara.use_effect(player.live, [player.playing])
