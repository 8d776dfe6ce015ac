"""Command that opens the app in the browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sim.cli.options import NUMBER
from sim.domain.errors import InputError, Told


def app(
    host: Annotated[
        str, typer.Option(metavar="NAME", help="Who can reach it: 127.0.0.1 this computer alone, 0.0.0.0 the network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(**NUMBER, help="Port; 0 takes any free one.")] = 8765,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the app in the browser: the floor, worlds side by side, studies, your firm, a class. Ctrl-C ends it."""
    from sim.app.address import listen
    from sim.app.compiling import Preparation
    from sim.app.server import serve
    from sim.report.extras import app_lacks

    lacks = app_lacks()
    if lacks:
        raise InputError(
            "smarketing app",
            f"needs {lacks}",
            Told("an installation without them"),
            "Install it: pip install 'smarketing[app]'",
        )
    taken, address = listen(host, port)
    preparation = Preparation(tell)

    def greet(link: str) -> None:
        print(greeting(link, address.is_local), flush=True)
        if not no_browser:
            open_browser(link)
        preparation.begin()

    try:
        serve(taken, address, greet)
    except KeyboardInterrupt:
        tell("The app has ended.")
    finally:
        preparation.end()


def greeting(link: str, is_local: bool) -> str:
    """Where the app is; with a warning, where it is open to the network."""
    place = f"The app is at {link} (Ctrl-C ends it)"
    if is_local:
        return place
    return (
        "Warning: everybody in your network can reach this app, and what they send can be read on its way.\n"
        "The link below is for you alone; guests of a class come in by the code of their room.\n" + place
    )


def tell(text: str) -> None:
    """Say something beside the address, which alone goes to the standard output."""
    print(text, file=sys.stderr, flush=True)


def open_browser(link: str) -> None:
    """Open a link in the user's browser, without waiting for it."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
