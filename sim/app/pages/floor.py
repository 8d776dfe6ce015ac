"""The floor: two departments at work, day by day, and levers that act from today on."""

from __future__ import annotations

from typing import Any

import ipyvuetify as v
import solara
import traitlets

from sim.app import words
from sim.app.layout import ASSETS, ErrorCard, is_watched
from sim.app.levers import levers_of, pulled
from sim.app.links import SPEEDS, View, command_of, python_of, read_view, toml_of
from sim.app.live import Living
from sim.app.show import Frame, Pace, Show
from sim.domain.errors import InputError


class FloorView(v.VuetifyTemplate):
    """One organization as a picture that moves.

    Traits: ``cast`` (everybody, see `cast_of`), ``frame`` (see `sim.app.show.frame_of`), ``playing``, ``speed``,
    ``label`` (whose floor), ``words``.
    """

    template_file = str(ASSETS / "floor.vue")
    cast = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Int(5).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.FLOOR).tag(sync=True)


class Transport(v.VuetifyTemplate):
    """Play, pause, step, speed and restart; keeps the day in the address."""

    template_file = str(ASSETS / "transport.vue")
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Int(5).tag(sync=True)
    speeds = traitlets.List(list(SPEEDS)).tag(sync=True)
    day = traitlets.Int(0).tag(sync=True)
    days = traitlets.Int(0).tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.TRANSPORT).tag(sync=True)
    on_play = traitlets.Callable(None, allow_none=True)
    on_step = traitlets.Callable(None, allow_none=True)
    on_speed = traitlets.Callable(None, allow_none=True)
    on_restart = traitlets.Callable(None, allow_none=True)

    def vue_play(self, playing: bool) -> None:
        """Play or pause."""
        self.on_play(bool(playing))

    def vue_step(self, days: int) -> None:
        """Step some days."""
        self.on_step(max(1, min(65, int(days))))

    def vue_pace(self, speed: int) -> None:
        """Choose a speed."""
        self.on_speed(int(speed))

    def vue_restart(self, _: Any = None) -> None:
        """Begin again."""
        self.on_restart()


class Levers(v.VuetifyTemplate):
    """The relationship type and the interventions, with what they cost."""

    template_file = str(ASSETS / "levers.vue")
    levers = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.FLOOR).tag(sync=True)
    on_pull = traitlets.Callable(None, allow_none=True)

    def vue_pull(self, change: Any) -> None:
        """Change the type or a dose: ``["relationship", name]`` or ``[intervention, dose]``."""
        self.on_pull(str(change[0]), change[1])


class Share(v.VuetifyTemplate):
    """Link, command, Python and TOML to copy."""

    template_file = str(ASSETS / "share.vue")
    texts = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.SHARE).tag(sync=True)


def cast_of(firm: Living) -> dict[str, Any]:
    """Everybody of an organization, and what leads' sources are called; ``wide`` is the reps of a unit."""
    market: Any = firm.scenario.market
    sources = [source.name for source in market.sources]
    return {"people": firm.people(), "sources": sources, "wide": int(firm.world.organization.unit_reps)}


def share_of(view: View, day: int) -> dict[str, str]:
    """What may be copied of a view as it stands on a day."""
    days = view.base().run.days
    ends = day if 0 < day < days else None
    source = view.scenario
    return {
        "command": command_of(view, source, 0, ends),
        "python": python_of(view, source, 0, ends),
        "toml": toml_of(view),
    }


def view_or_error(search: str) -> View | InputError:
    """What an address says, or why it cannot be."""
    try:
        return read_view(search)
    except InputError as error:
        return error


@solara.component
def FloorPage() -> None:
    """Read the address, and show what it says or why it cannot be."""
    search = solara.use_router().search or ""
    view = solara.use_memo(lambda: view_or_error(search), [search])
    if isinstance(view, InputError):
        ErrorCard(view)
    else:
        Stage(view).key(search)


@solara.component
def Stage(view: View) -> None:
    """One floor with its controls."""
    show = solara.use_memo(lambda: Show(view), [])
    playing, set_playing = solara.use_state(False)
    speed, set_speed = solara.use_state(view.speed)
    query, set_query = solara.use_state(view.query())
    drawn = solara.use_memo(dict[str, Any], [])
    firm = show.firms[0]

    def draw(frames: list[Frame]) -> None:
        drawn["floor"].frame = frames[0]
        drawn["transport"].day = frames[0]["day"]

    def keep_widgets() -> None:
        drawn.update(floor=solara.get_widget(floor), transport=solara.get_widget(transport))

    def pull(name: str, value: Any) -> None:
        draw(show.change(0, pulled(show.view.organizations[0], show.view.base(), firm.today, (name, value))))
        set_query(show.view.query())

    def pace(chosen: int) -> None:
        show.view = show.view.changed(speed=chosen)
        set_speed(chosen)

    def restart() -> None:
        set_playing(False)
        draw(show.restart())

    def play() -> Any:
        if not playing:
            return None
        pace = Pace(show, draw, is_watched)
        pace.start()
        return pace.stop

    with solara.Div(classes=["sm-stage"]):
        with solara.Div(classes=["sm-side"]):
            transport = Transport.element(
                playing=playing,
                speed=speed,
                days=firm.n_days,
                day=firm.today,
                query=query,
                on_play=set_playing,
                on_step=lambda days: draw(show.live(days)),
                on_speed=pace,
                on_restart=restart,
            )
            Levers.element(levers=levers_of(firm.scenario, firm.today), on_pull=pull)
            Share.element(texts=share_of(show.view, firm.today))
        floor = FloorView.element(
            cast=cast_of(firm), frame=show.frames()[0], playing=playing, speed=speed, label=show.view.scenario
        )
    solara.use_effect(keep_widgets, [])
    solara.use_effect(play, [playing])
