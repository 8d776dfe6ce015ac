"""What all pages have in common: header, footer, look, and a card in the place of a view that has failed."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipyvuetify as v
import solara
import solara.lab
import traitlets

from sim.app import words
from sim.app.access import FOR_GUESTS, Role, role
from sim.app.prepared import PreparingCard, use_preparation
from sim.domain.errors import InputError

ASSETS = Path(__file__).parent / "assets"
log = logging.getLogger("smarketing.app")


class Shell(v.VuetifyTemplate):
    """The header: pages, theme, projector size."""

    template_file = str(ASSETS / "shell.vue")
    name = traitlets.Unicode(words.NAME).tag(sync=True)
    pages = traitlets.List([list(page) for page in words.PAGES]).tag(sync=True)
    words = traitlets.Dict(words.SHELL).tag(sync=True)
    path = traitlets.Unicode("/").tag(sync=True)


@solara.component
def Layout(children: list[Any]) -> Any:
    """Header, page and footer; as long as the simulation is not ready, a card in the place of the page."""
    told = use_preparation()
    path = solara.use_router().path or "/"
    with solara.Div(classes=["sm-shell"]) as main:
        solara.Style(ASSETS / "look.css")
        solara.Title(title_of(path))
        Shell.element(path=path, pages=pages_for(role()))
        with solara.v.Html(tag="main", class_="sm-main", attributes={"id": "main", "tabindex": "-1"}):
            if told is None:
                Contained(children=children)
            else:
                PreparingCard(told)
        solara.HTML(tag="footer", classes=["sm-footer"], unsafe_innerHTML=f"<p>{words.SHELL['local']}</p>")
    return main


def pages_for(who: Role) -> list[list[str]]:
    """Path, name and purpose of the pages that a visitor may open.

    Examples
    --------
    >>> [name for _, name, _ in pages_for("guest")]
    ['Floor', 'Compare', 'Class']
    """
    return [list(page) for page in words.PAGES if who == "owner" or (page[0].strip("/") or "/") in FOR_GUESTS]


def title_of(path: str) -> str:
    """Title of a page for the browser's tab."""
    names = {place: name for place, name, _ in words.PAGES}
    return f"{names.get('/' + path.strip('/'), words.NAME)} · {words.NAME}"


@solara.component
def Contained(children: list[Any]) -> None:
    """Children, or a card where one of them has failed: nobody sees a traceback, and others go on."""
    error, clear = solara.use_exception()
    if error is None:
        solara.Div(children=children)
    else:
        ErrorCard(error, clear)


@solara.component
def ErrorCard(error: BaseException, again: Callable[[], None] | None = None) -> None:
    """What went wrong: bad input in full, anything else without its inside, which goes to the log."""
    is_input = isinstance(error, InputError)
    solara.use_effect(lambda: None if is_input else log.error("a view has failed", exc_info=error), [id(error)])
    with solara.Div(classes=["sm-card", "sm-error"]):
        solara.v.Html(tag="h2", children=[words.ERROR["input" if is_input else "title"]], attributes={"role": "alert"})
        solara.v.Html(tag="p", children=[str(error) if is_input else words.ERROR["text"]])
        if again is not None:
            solara.Button(words.ERROR["again"], on_click=again, classes=["sm-button"])


@solara.component
def Paper(title: str, page: str) -> None:
    """A page made for paper, as it is: in a frame of its own, in which nothing runs."""
    frame = f'<iframe class="sm-report" title="{title}" sandbox="" srcdoc="{html.escape(page)}"></iframe>'
    solara.HTML(tag="div", unsafe_innerHTML=frame)


def is_watched() -> bool:
    """Whether this visitor's page is open: what runs for it rests while it is not."""
    from solara.server import kernel_context

    try:
        status = kernel_context.get_current_context().page_status
    except RuntimeError:
        return True
    return any(page == kernel_context.PageStatus.CONNECTED for page in status.values())
