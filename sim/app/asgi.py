"""Small steps of the ASGI protocol, with which the guard answers, counts and closes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sim.app.headers import SAFE, Headers, own_cookies
from sim.app.limits import MESSAGE, MESSAGES, MESSAGES_A_SECOND, SENT, SENT_A_SECOND, Allowance
from sim.app.messages import is_allowed
from sim.app.refusals import BROKEN, Refusal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Codes with which a connection is closed (RFC 6455, section 7.4).
NOT_ALLOWED, TOO_LARGE, FAILED, AGAIN_LATER = 1008, 1009, 1011, 1013

log = logging.getLogger("smarketing.app")


async def give(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a whole answer."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, refusal: Refusal, *more: tuple[bytes, bytes]) -> None:
    """Send a refusal, with more headers."""
    await give(send, refusal.status, [*refusal.headers, *more], refusal.page)


async def redirect(send: Send, path: str, *more: tuple[bytes, bytes]) -> None:
    """Send somewhere else on this site."""
    place = [(b"location", path.encode("ascii", "ignore")), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await give(send, 303, [*place, *SAFE, *more], b"")


async def whole(app: App, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
    """Let an application answer, and keep the answer: status, headers and body. An error is status 500."""
    start: Message = {"status": 500, "headers": []}
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    try:
        await app(scope, no_body(receive), keep)
    except Exception:
        log.exception("A page could not be made")
        start.update(status=500)
    return start["status"], list(start["headers"]), b"".join(parts)


async def passed_on(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Let an application answer directly: a file, or the note that a page was closed."""
    is_begun = False

    async def safely(message: Message) -> None:
        nonlocal is_begun
        is_begun = True
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*own_cookies(message["headers"]), *SAFE]}
        await send(message)

    try:
        await app(scope, no_body(receive), safely)
    except Exception:
        log.exception("No answer to %s", scope["path"])
        if not is_begun:
            await refuse(send, BROKEN)


def no_body(receive: Receive) -> Receive:
    """A request without its body: no page of the app sends one that counts, so none is read."""
    is_told = False

    async def told() -> Message:
        nonlocal is_told
        if not is_told:
            is_told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return told


async def hang_up(receive: Receive, send: Send, code: int) -> None:
    """Refuse a connection before it stands; a browser sees status 403."""
    await receive()
    await send({"type": "websocket.close", "code": code})


class Line:
    """A page's connection, of which every message is looked at, weighed and counted.

    Parameters
    ----------
    receive, send : callable
        Of the connection.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._bytes = Allowance(SENT, SENT_A_SECOND)
        self._messages = Allowance(MESSAGES, MESSAGES_A_SECOND)
        self.is_open, self.is_over = False, False

    async def receive(self) -> Message:
        """The next message; the connection ends with one that the app does not take."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            self.is_over = self.is_over or message["type"] == "websocket.disconnect"
            return message
        code = self.wrong(message.get("text") or message.get("bytes") or b"")
        if code is None:
            return message
        await self.end(code)
        return {"type": "websocket.disconnect", "code": code}

    def wrong(self, said: str | bytes) -> int | None:
        """The code to close with for a message that the app does not take."""
        size = len(said)
        if size > MESSAGE or not self._bytes.take(size) or not self._messages.take():
            return TOO_LARGE
        return None if is_allowed(said) else NOT_ALLOWED

    async def send(self, message: Message) -> None:
        """Send to the page, as long as it is there."""
        if self.is_over:
            return
        self.is_open = self.is_open or message["type"] == "websocket.accept"
        self.is_over = message["type"] == "websocket.close"
        await self._send(message)

    async def end(self, code: int) -> None:
        """Close, once."""
        await self.send({"type": "websocket.close", "code": code})


async def connected(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Let a page talk to an application; what fails ends this connection alone."""
    line = Line(receive, send)
    try:
        await app(scope, line.receive, line.send)
    except Exception:
        log.exception("A connection failed")
        await line.end(FAILED)
