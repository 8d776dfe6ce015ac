"""Pages that do on purpose what pages should not: for tests of what holds around any page."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import solara

from sim.app.layout import Contained


@solara.component
def Counter():
    count, set_count = solara.use_state(0)
    with solara.v.Html(tag="main"):
        solara.Button(f"Count {count}", on_click=lambda: set_count(count + 1))


@solara.component
def Failing():
    asked, ask = solara.use_state(False)
    with solara.v.Html(tag="main"):
        solara.Button("Fail", on_click=lambda: ask(True))
    if asked:
        raise RuntimeError(f"the inside of {__file__}")


@solara.component
def FailingAtOnce():
    raise RuntimeError(f"the inside of {__file__}")


@solara.component
def FailingInside():
    """A view that fails inside the frame that all pages of the app have."""
    with solara.v.Html(tag="main"):
        Contained(children=[FailingAtOnce()])


@solara.component
def Looping():
    """Adds a line to a file ten times a second, as long as its session lives."""

    def run():
        stop = threading.Event()

        def tick():
            while not stop.wait(0.1):
                with Path(os.environ["TICKS"]).open("a") as file:
                    file.write("tick\n")

        threading.Thread(target=tick, daemon=True).start()
        return stop.set

    solara.use_effect(run, [])
    with solara.v.Html(tag="main"):
        solara.Text("Looping")


@solara.component
def Bare(children):
    return solara.Div(children=children)


routes = [
    solara.Route("/", component=Counter, layout=Bare),
    solara.Route("failing", component=Failing),
    solara.Route("failing-at-once", component=FailingAtOnce),
    solara.Route("failing-inside", component=FailingInside),
    solara.Route("looping", component=Looping),
]
