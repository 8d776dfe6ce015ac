"""A visitor of the app that speaks to it as a browser does but draws nothing, for `benchmarks.app_load`."""

from __future__ import annotations

import asyncio
import json
import struct
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect


@dataclass
class Batch:
    """What one batch of sessions met.

    Attributes
    ----------
    latency_ms, first_ms : list
        Of frames; from coming until the floor stood.
    n_bytes, n_runs : int
        Of all messages while figures count; runs that came to their end and were begun again.
    errors : list of str
        What went wrong.
    counts : bool
        Whether figures count now.
    """

    latency_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    n_bytes: int = 0
    n_runs: int = 0
    errors: list[str] = field(default_factory=list)
    counts: bool = False


class Visitor:
    """A session that speaks the Jupyter protocol: it opens the floor and presses play, and again when it is over."""

    def __init__(self, url: str, path: str, batch: Batch) -> None:
        self.url, self.path, self.batch = url, path, batch
        self.session, self.page = str(uuid.uuid4()), str(uuid.uuid4())
        self.transport = ""

    async def stay(self) -> None:
        """Come, look on, and leave when the task is cancelled."""
        place = f"{self.url.replace('http', 'ws')}/jupyter/api/kernels/{self.session}/channels?session_id={self.page}"
        cookie = {"Cookie": f"solara-session-id={uuid.uuid4()}"}
        come = time.perf_counter()
        try:
            async with connect(place, origin=self.url, additional_headers=cookie, max_size=None) as line:  # type: ignore[arg-type]
                await self._open(line)
                async for said in line:
                    await self._hear(line, said, come)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.batch.errors.append(f"{type(error).__name__}: {error}"[:200])

    async def _open(self, line: ClientConnection) -> None:
        await line.send(self._message("comm_open", target_name="solara.control", data={}, comm_id=self.page))
        run = {"method": "run", "args": {"path": self.path, "appName": None, "dark": False}}
        await line.send(self._message("comm_msg", data=run, comm_id=self.page))

    async def _hear(self, line: ClientConnection, said: str | bytes, come: float) -> None:
        now = datetime.now(UTC)
        message = json.loads(said if isinstance(said, str) else text_of(said))
        content = message["content"]
        data = content.get("data", {}) if isinstance(content, dict) else {}
        state = data.get("state", {}) if isinstance(data, dict) else {}
        self.batch.n_bytes += len(said) if self.batch.counts else 0
        if message["header"]["msg_type"] == "comm_open" and "speeds" in state:
            self.transport = content["comm_id"]
        elif data.get("method") == "finished":
            self.batch.first_ms.append(1000 * (time.perf_counter() - come))
            await self._press(line, "play", True)
        elif data.get("method") == "update" and "frame" in state and self.batch.counts:
            made = datetime.fromisoformat(message["header"]["date"])
            self.batch.latency_ms.append(1000 * (now - made).total_seconds())
        elif content.get("comm_id") == self.transport and state.get("playing") is False:  # the run has come to its end
            self.batch.n_runs += 1
            await self._press(line, "restart", None)
            await self._press(line, "play", True)

    async def _press(self, line: ClientConnection, button: str, value: Any) -> None:
        event = {"method": "custom", "content": {"event": button, "data": value}}
        await line.send(self._message("comm_msg", comm_id=self.transport, data=event))

    def _message(self, kind: str, **content: Any) -> str:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": self.page, "version": "5.2"}
        header["date"] = datetime.now(UTC).isoformat()
        parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        return json.dumps({**parts, "buffers": []})

    async def say_goodbye(self) -> None:
        """Tell the server that the page is closed, as a browser does."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        path = f"/_solara/api/close/{self.session}?session_id={self.page}"
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {self.url}\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        await reader.read()
        writer.close()


def text_of(message: bytes) -> bytes:
    """The text of a message with pieces."""
    count, first, *rest = struct.unpack_from("!iII", message)
    return message[first : rest[0] if count > 1 else None]
