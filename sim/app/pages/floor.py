"""The floor: two departments at work, day by day, and levers that act from today on."""

from __future__ import annotations

from typing import Any

import solara

from sim.app import refusals
from sim.app.access import Role, role
from sim.app.frames import BOARD, PICTURE, Frame, part_of
from sim.app.layout import ErrorCard, is_watched
from sim.app.levers import levers_of, marks_of, standing_on
from sim.app.links import View, is_own, read_view, toml_of
from sim.app.live import Living
from sim.app.show import Pace, Seen, Show
from sim.app.stories import story_of
from sim.app.widgets import (
    Board,
    FloorView,
    Levers,
    Share,
    StoryView,
    Transport,
    cast_of,
    scenario_choices,
    share_of,
)
from sim.domain.errors import InputError

FEW_LEVERS = 5


def view_or_error(search: str, usual: View | None = None) -> View | InputError:
    """What an address says, or why it cannot be; a guest sees no scenario of the owner's."""
    try:
        return allowed(read_view(search, usual), role())
    except InputError as error:
        return error


def allowed(view: View, who: Role) -> View:
    """A view, if somebody may see it.

    Raises
    ------
    InputError
        If its scenario is one of the owner's own, and a guest asks.
    """
    if is_own(view.scenario) and who != "owner":
        raise InputError("scenario", "must be one of those that are shipped", view.scenario, refusals.OWNERS.text)
    return view


def chosen_view(view: View, name: str, value: str) -> View | InputError:
    """A view with another scenario or other luck, from its first day; another scenario has no levers moved."""
    others = {"organizations": ("",) * len(view.organizations), "sets": ()} if name == "scenario" else {}
    return view_or_error(f"{name}={value}", view.changed(day=0, **others))


def show_levers(drawn: dict[str, Any], name: str, firm: Living) -> None:
    """Let levers say what is in force today, where that is not what they say: what is planned begins, or ends."""
    standing = standing_on(firm.scenario, firm.today)
    if drawn.get(f"{name} standing") != standing:
        drawn[f"{name} standing"] = standing
        drawn[name].levers = levers_of(firm.scenario, firm.today)


@solara.component
def FloorPage() -> None:
    """Read the address, and show what it says or why it cannot be."""
    router = solara.use_router()
    search = router.search or ""
    view = solara.use_memo(lambda: view_or_error(search), [search])
    if isinstance(view, InputError):
        ErrorCard(view)
    else:
        Stage(view).key(search)


@solara.component
def Stage(view: View) -> None:  # noqa: PLR0915 - one view: its state and what its controls do
    """One floor with its controls."""
    show = solara.use_memo(lambda: Show(view), [])
    router = solara.use_router()
    playing, set_playing = solara.use_state(False)
    speed, set_speed = solara.use_state(view.speed)
    query, set_query = solara.use_state(view.query())
    story, set_story = solara.use_state({})
    error, set_error = solara.use_state("")
    drawn: dict[str, Any] = solara.use_memo(lambda: {"told": ()}, [])
    seen = solara.use_memo(lambda: Seen(show.frames()), [])
    firm = show.firms[0]

    def draw(frames: list[Frame]) -> None:
        if seen.take(frames):
            drawn["floor"].still = part_of(seen.stills[0], PICTURE)
            drawn["board"].still = part_of(seen.stills[0], BOARD)
            drawn["share"].texts = share_of(show.view, frames[0]["day"])
            show_levers(drawn, "levers", show.firms[0])
        drawn["floor"].frame = seen.pulses[0]
        drawn["transport"].day = frames[0]["day"]

    def keep_widgets() -> None:
        drawn.update({name: solara.get_widget(element) for name, element in elements.items()})

    def play(is_playing: bool) -> None:
        set_playing(is_playing)

    def step(days: int) -> None:
        set_playing(False)
        draw(show.step(days))
        retell()

    def retell() -> None:
        if told := drawn["told"]:
            pick(*told)

    def pull(name: str, value: Any) -> None:
        try:
            frames = show.pull(0, (name, value))
            drawn["floor"].cast = cast_of(show.firms[0])  # there may be a liaison more
            draw(frames)
        except InputError as wrong:
            set_error(str(wrong))
        else:
            set_error("")
            set_query(show.view.query())

    def pace(chosen: int) -> None:
        show.view = show.view.changed(speed=chosen)
        set_speed(chosen)
        set_query(show.view.query())

    def restart() -> None:
        set_playing(False)
        pick("none", -1)
        draw(show.restart())

    def pick(kind: str, row: int) -> None:
        with show.lock:
            found = story_of(show.firms[0], kind, row)
        drawn["told"] = (kind, row) if found else ()
        set_story(found)

    def choose(name: str, value: str) -> None:
        chosen = chosen_view(show.view, name, value)
        if isinstance(chosen, InputError):
            set_error(str(chosen))
        else:
            router.push(f"/?{chosen.query()}")

    def live() -> Any:
        if not playing:
            draw(show.frames())
            retell()
            return None
        pace = Pace(show, draw, is_watched, lambda: set_playing(False))
        pace.start()
        return pace.stop

    marks = marks_of(firm.scenario)
    with solara.Div(classes=["sm-page"]):
        transport = Transport.element(
            playing=playing,
            speed=speed,
            days=firm.n_days,
            day=firm.today,
            query=query,
            marks=marks,
            scenario=view.scenario,
            scenarios=scenario_choices(),
            seed=view.seed,
            on_play=play,
            on_step=step,
            on_speed=pace,
            on_restart=restart,
            on_choose=choose,
        )
        with solara.Div(classes=["sm-stage"]):
            with solara.Div(classes=["sm-side"]):
                levers = Levers.element(
                    levers=levers_of(firm.scenario, firm.today), few=FEW_LEVERS, error=error, on_pull=pull
                )
                share = Share.element(texts=share_of(show.view, firm.today), files={"toml": toml_of(show.view)})
            with solara.Div(classes=["sm-middle"]):
                floor = FloorView.element(
                    cast=solara.use_memo(lambda: cast_of(firm), [query]),
                    frame=seen.pulses[0],
                    still=part_of(seen.stills[0], PICTURE),
                    playing=playing,
                    speed=speed,
                    chosen=story["row"] if story.get("kind") == "person" else -1,
                    on_pick=pick,
                )
            with solara.Div(classes=["sm-side"]):
                StoryView.element(story=story, on_pick=pick)
                board = Board.element(still=part_of(seen.stills[0], BOARD), days=firm.n_days, marks=marks)
    elements = {"levers": levers, "floor": floor, "board": board, "share": share, "transport": transport}
    solara.use_effect(keep_widgets, [])
    solara.use_effect(live, [playing])
