"""The floor: two departments at work, day by day, and levers that act from today on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import solara

from sim.app import refusals
from sim.app.access import Role, role
from sim.app.frames import BOARD, PICTURE, part_of
from sim.app.layout import ErrorCard
from sim.app.levers import levers_of, marks_of
from sim.app.links import View, is_own, read_view, toml_of
from sim.app.player import Player, use_player, use_time
from sim.app.widgets import (
    Board,
    FloorView,
    Levers,
    Share,
    StoryView,
    cast_of,
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


def draw_board(player: Player) -> None:
    """Draw what only the floor has: key figures, and what may be copied of the day."""
    player.drawn["board"].still = part_of(player.seen.stills[0], BOARD)
    player.drawn["share"].texts = share_of(player.show.view, player.show.today)


@solara.component
def Stage(view: View) -> None:
    """One floor with its controls."""
    router = solara.use_router()
    player = use_player(view, draw_board)
    pick = partial(player.pick, 0)
    firm = player.show.firms[0]
    marks = marks_of(firm.scenario)
    picture = part_of(player.seen.stills[0], PICTURE)
    cast = solara.use_memo(lambda: cast_of(firm), [player.query])
    choose = chooser(player, "/", router)
    with solara.Div(classes=["sm-page"]):
        elements = {"transport": player.transport(marks, choose)}
        with solara.Div(classes=["sm-stage"]):
            with solara.Div(classes=["sm-side"]):
                elements |= controls(player)
            with solara.Div(classes=["sm-middle"]):
                elements["floor0"] = FloorView.element(
                    cast=cast,
                    frame=player.seen.pulses[0],
                    still=picture,
                    playing=player.playing,
                    speed=player.speed,
                    chosen=player.chosen(0),
                    on_pick=pick,
                )
            with solara.Div(classes=["sm-side"]):
                StoryView.element(story=player.story, on_pick=pick)
                still = part_of(player.seen.stills[0], BOARD)
                elements["board"] = Board.element(still=still, days=firm.n_days, marks=marks)
    use_time(player, elements)


def controls(player: Player) -> dict[str, Any]:
    """Levers, and what may be taken away."""
    firm, view = player.show.firms[0], player.show.view
    levers = levers_of(firm.scenario, firm.today)
    return {
        "levers0": Levers.element(levers=levers, few=FEW_LEVERS, error=player.error, on_pull=partial(player.pull, 0)),
        "share": Share.element(texts=share_of(view, firm.today), files={"toml": toml_of(view)}),
    }


def chooser(player: Player, path: str, router: Any) -> Callable[[str, str], None]:
    """What goes to a page's view with another scenario or other luck, or says why it cannot be."""

    def choose(name: str, value: str) -> None:
        player.tried(lambda: go_to(path, chosen_view(player.show.view, name, value), router))

    return choose


def go_to(path: str, view: View | InputError, router: Any) -> None:
    """Go to a view.

    Raises
    ------
    InputError
        If it is none.
    """
    if isinstance(view, InputError):
        raise view
    router.push(f"{path}?{view.query()}")
