"""The pages behind the door: guests of a class come to the pages that a class needs, and to nothing of the owner's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import solara

from sim.app import refusals
from sim.app.access import FOR_GUESTS, role
from sim.app.routes import routes as pages


def closed_to_guests(routes: Sequence[solara.Route]) -> list[solara.Route]:
    """Pages of which guests see the owner's as a card alone, by whatever way they come to them."""
    return [
        route if route.path in FOR_GUESTS else dataclasses.replace(route, component=owners(route.component))
        for route in routes
    ]


def owners(page: Callable[[], Any]) -> Callable[[], Any]:
    """A page for the owner alone."""

    @solara.component
    def OwnersPage() -> None:
        if role() == "owner":
            page()
        else:
            Closed()

    return OwnersPage


@solara.component
def Closed() -> None:
    """A card in the place of a page that is not for guests."""
    with solara.Div(classes=["sm-card"]):
        solara.v.Html(tag="h1", children=[refusals.OWNERS.title], attributes={"role": "alert"})
        solara.v.Html(tag="p", children=[refusals.OWNERS.text])


routes = closed_to_guests(pages)
