"""A card in the place of every page as long as the simulation is being compiled: nobody looks at an empty page."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import solara

from sim.app import words
from sim.app.compiling import LOOK, Preparation


@dataclass(frozen=True)
class Told:
    """How far a preparation is.

    Parameters
    ----------
    text : str
        In words.
    share : float
        Part that is done, 0–1; negative where that is not known.
    """

    text: str
    share: float


def told_of(preparation: Preparation | None) -> Told | None:
    """How far it is; None where there is nothing to wait for.

    Examples
    --------
    >>> told_of(None)
    >>> told_of(Preparation(print)).text
    'The simulation is being loaded: a moment.'
    """
    if preparation is None:
        return None
    said = words.PREPARING
    if not preparation.is_new:
        return Told(said["loading"], -1.0)
    seconds, done, parts = int(preparation.seconds), preparation.done, preparation.parts
    return Told(said["compiling"].format(done=done, parts=parts, seconds=seconds), done / parts)


def use_preparation() -> Told | None:
    """How far the preparation of this server is, looked at again and again until it is ready; then None."""
    told, set_told = solara.use_state(told_of(Preparation.under_way))

    def watch() -> Any:
        closed = threading.Event()

        def look() -> None:
            while Preparation.under_way is not None and not closed.wait(LOOK):
                set_told(told_of(Preparation.under_way))
            if not closed.is_set():
                set_told(None)

        if told is not None:
            threading.Thread(target=look, name="preparing", daemon=True).start()
        return closed.set

    solara.use_effect(watch, [])
    return told


@solara.component
def PreparingCard(told: Told) -> None:
    """What is being prepared and how far it is."""
    with solara.Div(classes=["sm-card", "sm-preparing", "sm-job"]):
        solara.v.Html(tag="h1", children=[words.PREPARING["title"]])
        solara.v.Html(tag="p", children=[told.text], attributes={"role": "status"})
        value = {"value": str(told.share)} if told.share >= 0.0 else {}
        solara.v.Html(tag="progress", attributes={"max": "1", "aria-label": words.PREPARING["title"], **value})
        solara.v.Html(tag="p", class_="sm-note", children=[words.PREPARING["then"]])
