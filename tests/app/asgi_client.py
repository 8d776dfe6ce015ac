"""A client that speaks ASGI to the guard, and what stands behind the guard in its place."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from sim.app.access import ROLE, Access
from sim.app.address import Address
from sim.app.guard import Guard
from sim.app.sessions import Sessions

HOST = "localhost:8765"
LINE = "/jupyter/api/kernels/k1/channels"
GOOD = json.dumps({"header": {"msg_type": "comm_msg"}, "content": {"data": {}}, "channel": "shell"})


class Behind:
    """An application that answers every request with one page and takes down what reaches it."""

    page = b"<html><script>start()</script></html>"
    status = 200
    error: Exception | None = None

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.said: list[Any] = []
        self.ended = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests.append(dict(scope))
        if self.error is not None:
            raise self.error
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                self.said.append(message.get("text") or message.get("bytes"))
            self.ended = True
            return
        self.said.append((await receive())["body"])
        headers = [(b"content-type", b"text/html"), (b"set-cookie", b"solara-session-id=7; SameSite=none; Secure")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.page})

    def header(self, name: str) -> list[str]:
        """Values of a header of the last request, as the application saw it."""
        return [value.decode() for key, value in self.requests[-1]["headers"] if key.decode().lower() == name]

    @property
    def role(self) -> list[str]:
        """Who the last request was said to come from."""
        return self.header(ROLE)


class Answer:
    """What came back."""

    def __init__(self, sent: list[dict[str, Any]]) -> None:
        self.sent = sent
        self.types = [message["type"] for message in sent]
        self.status = sent[0].get("status")
        self.code = next((message["code"] for message in sent if message["type"] == "websocket.close"), None)
        self.headers = [(key.decode().lower(), value.decode()) for key, value in sent[0].get("headers", [])]
        self.body = b"".join(message.get("body", b"") for message in sent).decode()

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def cookies(self) -> list[str]:
        """Cookies that it sets."""
        return [value for key, value in self.headers if key == "set-cookie"]


class Client:
    """Asks a guard.

    Parameters
    ----------
    address : Address
        Where the guard believes to be.
    token : str
        Required from everybody; empty for an open door.
    folder : Path
        Of the front end's files.
    """

    def __init__(self, address: Address, folder: Path, token: str = "", **sessions: Any) -> None:
        self.behind, self.access = Behind(), Access()
        self.living: set[str] = set()
        if token:
            self.access.require(token)
        self.guard = Guard(self.behind, address, self.access, Sessions(lambda: self.living, **sessions), folder)

    def ask(
        self, path: str, method: str = "GET", host: str | None = HOST, visitor: str = "10.0.0.7", **headers: str
    ) -> Answer:
        """Send a request; underscores in names of headers are hyphens."""
        scope = self._scope("http", path, host, visitor, headers) | {"method": method, "scheme": "http"}
        return self._run(scope, [{"type": "http.request", "body": b"x" * 50, "more_body": False}])

    def connect(
        self, *said: str | bytes, path: str = f"{LINE}?session_id=p1", host: str = HOST, **headers: str
    ) -> Answer:
        """Open a connection, say something and leave."""
        messages: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        for each in said:
            messages.append({"type": "websocket.receive", "text" if isinstance(each, str) else "bytes": each})
        messages.append({"type": "websocket.disconnect", "code": 1000})
        return self._run(self._scope("websocket", path, host, "10.0.0.7", headers), messages)

    def _scope(self, kind: str, path: str, host: str | None, visitor: str, headers: dict[str, str]) -> dict[str, Any]:
        path, _, query = path.partition("?")
        named = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
        return {
            "type": kind,
            "path": path,
            "query_string": query.encode(),
            "headers": named + ([(b"host", host.encode())] if host is not None else []),
            "client": (visitor, 50000),
        }

    def _run(self, scope: dict[str, Any], messages: list[dict[str, Any]]) -> Answer:
        sent: list[dict[str, Any]] = []
        left = iter(messages)

        async def receive() -> dict[str, Any]:
            return next(left, {"type": f"{scope['type']}.disconnect", "code": 1000})

        async def send(message: Any) -> None:
            sent.append(dict(message))

        asyncio.run(self.guard(scope, receive, send))
        return Answer(sent)
