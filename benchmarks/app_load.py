"""Measure the app with a class in it: ``python -m benchmarks.app_load --sessions 30 --seconds 600``.

Starts `smarketing app`, opens that many sessions that speak to it as a browser does but draw nothing, and lets the
floor play in each. Latency is the time from the moment that the server makes a frame, which stands in its message,
until it has arrived. Then all leave, and a second batch comes: what is left of the first is what it did not give back.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import statistics
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect

import sim.engine.entries  # noqa: F401 (compiled before anybody comes)
from sim.behaviours.kernel import prepare_all

ROOT = Path(__file__).parents[1]
#: Seconds from one session to the next, until figures are counted, and for sessions to end.
APART, SETTLING, ENDING = 0.1, 10.0, 15.0
MEGABYTE = 2**20


@dataclass
class Batch:
    """What one batch of sessions met.

    Attributes
    ----------
    latency_ms, first_ms, bytes_ : list
        Of frames; from coming until the floor stood; of all messages.
    """

    latency_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    n_bytes: int = 0
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
        elif data.get("method") == "update" and "frame" in state:
            if self.batch.counts:
                made = datetime.fromisoformat(message["header"]["date"])
                self.batch.latency_ms.append(1000 * (now - made).total_seconds())
            if state["frame"]["day"] >= state["frame"]["days"]:
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


@contextlib.contextmanager
def app() -> Iterator[tuple[str, psutil.Process]]:
    """The app on a free port, with code that is compiled already, and its process."""
    prepare_all("sim.engine.entries")
    command = [sys.executable, "-m", "sim", "app", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        line = next(line for line in server.stdout or () if "http://" in line)
        yield next(word for word in line.split() if word.startswith("http://")).rstrip("/"), psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


async def attend(url: str, process: psutil.Process, asked: argparse.Namespace, name: str) -> dict[str, Any]:
    """Let a batch come, stay and leave; returns what was measured."""
    batch = Batch()
    visitors = [Visitor(url, asked.path, batch) for _ in range(asked.sessions)]
    tasks = []
    for visitor in visitors:
        tasks.append(asyncio.create_task(visitor.stay()))
        await asyncio.sleep(APART)
    await asyncio.sleep(SETTLING)
    batch.counts = True
    begun, used, memory = time.perf_counter(), busy(process), [megabytes(process)]
    while time.perf_counter() - begun < asked.seconds:
        await asyncio.sleep(min(10.0, asked.seconds))
        memory.append(megabytes(process))
        print(f"  {name}, {time.perf_counter() - begun:4.0f} s: {memory[-1]:.0f} MB", file=sys.stderr, flush=True)
    seconds, used = time.perf_counter() - begun, busy(process) - used
    batch.counts = False
    for visitor, task in zip(visitors, tasks, strict=True):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await visitor.say_goodbye()
    await asyncio.sleep(ENDING)
    return {
        **figures(batch, asked.sessions, seconds),
        "cpu_percent": 100 * used / seconds,
        "memory_mb": memory,
        "memory_after_mb": megabytes(process),
        "threads_after": process.num_threads(),
        "cpu_percent_after": idle(process),
    }


def figures(batch: Batch, n_sessions: int, seconds: float) -> dict[str, Any]:
    """What a batch met, in figures."""
    late = sorted(batch.latency_ms) or [float("nan")]
    return {
        "sessions": len(batch.first_ms),
        "frames_per_second": len(batch.latency_ms) / seconds / n_sessions,
        "latency_ms": {"p50": late[len(late) // 2], "p95": late[int(0.95 * len(late))], "worst": late[-1]},
        "first_ms": {"p50": statistics.median(batch.first_ms or [float("nan")]), "worst": max(batch.first_ms or [0])},
        "kb_per_second": batch.n_bytes / seconds / n_sessions / 1024,
        "errors": batch.errors,
    }


def busy(process: psutil.Process) -> float:
    """Seconds of processor that the server has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def idle(process: psutil.Process) -> float:
    """How much of a core the server uses with nobody there, in percent over 5 seconds."""
    before = busy(process)
    time.sleep(5)
    return 100 * (busy(process) - before) / 5


def megabytes(process: psutil.Process) -> float:
    """Resident memory of the server."""
    return float(process.memory_info().rss / MEGABYTE)


def growth(memory: list[float]) -> float:
    """Growth of memory from the first third to the last, in percent."""
    third = max(1, len(memory) // 3)
    first, last = statistics.mean(memory[:third]), statistics.mean(memory[-third:])
    return 100 * (last / first - 1)


def table(name: str, batch: dict[str, Any]) -> str:
    """A batch in lines."""
    late, first, memory = batch["latency_ms"], batch["first_ms"], batch["memory_mb"]
    return "\n".join(
        [
            f"{name}: {batch['sessions']} sessions, {batch['frames_per_second']:.2f} frames/s each,"
            f" {batch['kb_per_second']:.1f} KB/s each, {len(batch['errors'])} errors",
            f"  latency       p50 {late['p50']:.1f} ms, p95 {late['p95']:.1f} ms, worst {late['worst']:.0f} ms",
            f"  first picture p50 {first['p50']:.0f} ms, worst {first['worst']:.0f} ms",
            f"  processor     {batch['cpu_percent']:.0f} % of a core, {batch['cpu_percent_after']:.1f} % when all left",
            f"  memory        {memory[0]:.0f} -> {memory[-1]:.0f} MB ({growth(memory):+.1f} % first third to last),"
            f" {batch['memory_after_mb']:.0f} MB after all left, {batch['threads_after']} threads",
            *(f"  {error}" for error in batch["errors"][:3]),
        ]
    )


def asked_for() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_load", description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=30, help="at the same time (default 30)")
    parser.add_argument("--seconds", type=float, default=60, help="that figures are counted, a batch (default 60)")
    parser.add_argument("--batches", type=int, default=2, help="one after the other (default 2)")
    parser.add_argument("--path", default="/?speed=5", help="what they look at (default /?speed=5)")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    return parser.parse_args()


async def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """All batches, with memory before anybody came."""
    with app() as (url, process):
        await asyncio.sleep(10)  # compiled code is loaded meanwhile
        found: dict[str, Any] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "asked": vars(asked).copy(),
        }
        found["memory_before_mb"] = megabytes(process)
        found["batches"] = []
        for i in range(asked.batches):
            batch = await attend(url, process, asked, f"batch {i + 1}")
            print(table(f"Batch {i + 1}", batch), flush=True)
            found["batches"].append(batch)
    return found


def main() -> None:
    asked = asked_for()
    print(f"{asked.sessions} sessions for {asked.seconds:.0f} s; load of the machine now: {os.getloadavg()[0]:.1f}")
    found = asyncio.run(measure(asked))
    ends = [batch["memory_mb"][-1] for batch in found["batches"]]
    if len(ends) > 1:
        print(f"Memory, second batch against first: {100 * (ends[1] / ends[0] - 1):+.1f} %")
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1, default=str))


if __name__ == "__main__":
    main()
