"""The app's server: one process, one event loop, Solara behind the guard."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.app import logs, settings
from sim.app.access import ACCESS, new_token
from sim.app.address import Address
from sim.app.asgi import App
from sim.app.guard import Guard
from sim.app.limits import MESSAGE
from sim.app.memory import give_back
from sim.app.sessions import Sessions

#: Seconds that open connections get to end when the app ends.
GRACE = 2
#: Connections at the same time: below the number of files that a process may open (1024 by default on Linux).
CONNECTIONS = 800
#: Seconds that a study gets to keep the runs that are done.
GRACE_OF_WORK = 5
#: Bytes of all headers of a request; links may be long.
HEADERS = 64 * 1024


def serve(taken: socket.socket, address: Address, when_ready: Callable[[str], None]) -> None:
    """Serve the app until it is interrupted.

    Parameters
    ----------
    taken : socket
        From `sim.app.address.listen`.
    address : Address
        What it listens on.
    when_ready : callable
        Called once with the link to open, which carries a token if others than this computer can reach the app.

    Raises
    ------
    KeyboardInterrupt
        When it was interrupted, after all sessions have ended.
    """
    import uvicorn

    from sim.app.jobs import JOBS

    link = open_to(address)
    give_back()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            when_ready(link)

    try:
        Server(uvicorn.Config(guarded(address), **options())).run([taken])
    finally:
        JOBS.end(GRACE_OF_WORK)
        logging.disable()  # what threads say while the process ends helps nobody


def options() -> dict[str, Any]:
    """How uvicorn is to serve."""
    return {
        "http": "h11",
        "loop": "asyncio",  # Solara's threads ask asyncio for its loop
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "ws_max_size": MESSAGE,
        "ws_per_message_deflate": False,  # a class sits in one room: packing costs more than it spares
        "h11_max_incomplete_event_size": HEADERS,
        "limit_concurrency": CONNECTIONS,
        "timeout_graceful_shutdown": GRACE,
    }


def open_to(address: Address) -> str:
    """Let in whom the address is for; returns the link to open."""
    ACCESS.url = address.url
    if address.is_local:
        return f"{address.url}/"
    from sim.app.rooms import rooms

    token = new_token()
    ACCESS.require(token)
    for code in rooms().codes():  # a class goes on after the app was started anew
        ACCESS.admit(code)
    return f"{address.url}/?token={token}"


def guarded(address: Address) -> App:
    """Solara's application behind the guard."""
    settings.set_up()
    logs.set_up()
    from solara.server import app as apps
    from solara.server import kernel_context
    from solara.server import settings as of_solara
    from solara.server.starlette import app

    logs.hide_tracebacks()
    apps.apps["__default__"].directory = Path(__file__).parent / "pages"  # its parent has our assets and templates
    sessions = Sessions(lambda: list(kernel_context.contexts), end_idle)
    return Guard(app, address, ACCESS, sessions, of_solara.assets.proxy_cache_dir)


def end_idle() -> bool:
    """End the oldest session that is without a page; False if each has one."""
    from solara.server import kernel_context
    from solara.server.kernel_context import PageStatus

    for context in list(kernel_context.contexts.values()):
        if context.page_status and PageStatus.CONNECTED not in context.page_status.values():
            threading.Thread(target=context.close, kwargs={"reason": "cull"}, daemon=True).start()
            return True
    return False
