"""The server as a whole: a real process, real connections, a real browser; pages that fail on purpose."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sim.app import words
from sim.cli.app import app
from sim.domain.errors import InputError
from tests.app.conftest import PATIENCE, NewPage, Server, open_at, running

MODULE = "tests.app.serve_placeholder"


def ask(server: Server, path: str, **headers: str) -> tuple[int, str]:
    """Status and body of a request, with a path that no library tidies up."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    line.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        line.putheader(name, value)
    line.endheaders()
    answer = line.getresponse()
    return answer.status, answer.read().decode(errors="replace")


def line_of(server: Server, session: str = "") -> str:
    """Address of the connection of a session."""
    url = server.url.replace("http://", "ws://")
    return f"{url}/jupyter/api/kernels/{session or uuid.uuid4()}/channels?session_id={uuid.uuid4()}"


def connects(server: Server, **options: Any) -> bool:
    """Whether a connection stands."""
    try:
        with connect(line_of(server), **options):
            return True
    except InvalidStatus as refused:
        return refused.response.status_code != 403


# --- From outside -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_real_server_takes_connections_of_its_own_pages_alone(placeholder: Server) -> None:
    assert connects(placeholder, origin=placeholder.url)
    assert not connects(placeholder, origin="https://evil.example")
    assert not connects(placeholder, origin=f"http://localhost:{placeholder.port + 1}")
    assert not connects(placeholder)


@pytest.mark.slow
def test_the_real_server_is_not_fooled_by_names_and_paths(placeholder: Server) -> None:
    assert ask(placeholder, "/")[0] == 200
    assert ask(placeholder, "/", Host="evil.example")[0] == 400
    for path in (
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/%2e%2e/%2e%2e/etc/passwd",
    ):
        status, body = ask(placeholder, path)
        assert status == 404 and "root:" not in body and "import" not in body
    for path in ("/resourcez", "/jupyter/api/kernels/x/y", "/static/assets/../../pages/floor.py"):
        assert ask(placeholder, path)[0] == 404


@pytest.mark.slow
def test_asking_for_a_folder_of_the_front_end_does_not_delete_it(placeholder: Server) -> None:
    from solara.server import settings

    folder = settings.assets.proxy_cache_dir / "requirejs@2.3.6"
    before = sorted(folder.rglob("*"))
    assert before
    assert ask(placeholder, "/_solara/cdn/requirejs@2.3.6")[0] == 404
    assert sorted(folder.rglob("*")) == before
    assert ask(placeholder, "/_solara/cdn/requirejs@2.3.6/require.js")[0] == 200


@pytest.mark.slow
def test_what_is_too_large_or_malformed_ends_its_connection_and_the_server_goes_on(placeholder: Server) -> None:
    def say(message: str | bytes) -> int | None:
        with connect(line_of(placeholder), origin=placeholder.url, max_size=None) as line:
            with contextlib.suppress(ConnectionClosed):
                line.send(message)
                line.recv(PATIENCE)
            return line.close_code

    assert say(bytes(20_000_000)) in (1009, 1006)  # without a code where the client was still sending
    assert say("not a message") == 1008
    execute = {"header": {"msg_type": "execute_request"}, "content": {"code": "import os"}, "channel": "shell"}
    assert say(json.dumps(execute)) == 1008
    assert ask(placeholder, "/")[0] == 200
    assert not any("Traceback" in line for line in placeholder.errors)


@pytest.mark.slow
def test_the_server_refuses_more_sessions_than_it_has_room_for() -> None:
    """It has room for 120, and 90 may begin at once: the rest is refused, nobody waits for ever."""

    with running(MODULE, SOLARA_KERNEL_CULL_TIMEOUT="1s") as server, contextlib.ExitStack() as lines:
        stands = []
        for _ in range(100):
            try:
                lines.enter_context(connect(line_of(server), origin=server.url))
                stands.append(True)
            except InvalidStatus:
                stands.append(False)
        lines.close()
        assert all(stands[:80]) and not stands[-1]
        time.sleep(3)
        assert connects(server, origin=server.url)


# --- In the browser ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_page_of_the_server_is_drawn_answers_and_asks_nobody_else(new_page: NewPage, placeholder: Server) -> None:
    page = open_at(new_page(placeholder.url), "/")
    page.get_by_text("Count 0").click()
    page.get_by_text("Count 1").wait_for()


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Server]:
    """A server that waits for a page that has lost its connection, as the real one does."""
    with running(MODULE, TICKS=str(tmp_path / "ticks")) as server:
        yield server


class Wire:
    """A wire between browser and server that can be cut, as a phone does that goes to sleep or out of reach."""

    def __init__(self, port: int) -> None:
        self.target, self.ends, self.is_cut = port, list[socket.socket](), False
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self.door.accept()
                if self.is_cut:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self.target))
                self.ends += [here, there]
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        self.is_cut = True
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.slow
def test_a_page_that_was_out_of_reach_goes_on_where_it_was(new_page: NewPage, patient: Server) -> None:
    wire = Wire(patient.port)
    page = open_at(new_page(wire.url), "/")
    page.get_by_text("Count 0").click()
    page.get_by_text("Count 1").wait_for()
    page.spy.expected = ("WebSocket", "ERR_", "Failed to load")  # type: ignore[attr-defined]
    wire.cut()
    page.wait_for_timeout(3000)
    wire.is_cut = False
    page.wait_for_function("() => document.querySelector('main') && !document.querySelector('.v-overlay--active')")
    page.get_by_text("Count 1").click()
    page.get_by_text("Count 2").wait_for()
    wire.door.close()


@pytest.mark.slow
def test_nothing_put_into_a_page_later_runs(new_page: NewPage, placeholder: Server) -> None:
    page = open_at(new_page(placeholder.url), "/")
    page.spy.expected = ("Content Security Policy",)  # type: ignore[attr-defined]
    page.evaluate("""() => {
      document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.hurt = 1">');
      const script = document.createElement("script"); script.text = "window.hurt = 1"; document.body.append(script);
    }""")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hurt") is None
    assert len(page.spy.wrongs) >= 2  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/failing-at-once", "/failing"])
def test_a_crash_stays_in_its_session_and_shows_nothing_of_its_inside(
    new_page: NewPage, placeholder: Server, path: str
) -> None:
    other = open_at(new_page(placeholder.url), "/")
    failing = new_page(placeholder.url)
    failing.goto(path)
    if path == "/failing":
        failing.get_by_text("Fail").click()
    failing.get_by_text("Something went wrong").wait_for()
    shown = failing.content()
    assert "Traceback (" not in shown and "placeholder.py" not in shown and "the inside" not in shown
    other.get_by_text("Count 0").click()
    other.get_by_text("Count 1").wait_for()
    again = open_at(failing, "/")
    again.get_by_text("Count 0").wait_for()


@pytest.mark.slow
def test_a_view_that_fails_leaves_a_card_in_its_place_and_the_rest_of_the_page(
    new_page: NewPage, placeholder: Server
) -> None:
    page = new_page(placeholder.url)
    page.goto("/failing-inside")
    page.get_by_role("alert").filter(has_text=words.ERROR["title"]).wait_for()
    shown = page.content()
    assert "Traceback (" not in shown and "placeholder.py" not in shown and "the inside" not in shown
    page.get_by_role("button", name=words.ERROR["again"]).wait_for()


def ticks(server: Server) -> int:
    """Lines that loops of sessions have written."""
    file: Path = server.ticks  # type: ignore[attr-defined]
    return len(file.read_text().splitlines()) if file.exists() else 0


def settled(server: Server) -> bool:
    """Whether no loop runs any more, a moment from now at the latest."""
    for _ in range(PATIENCE):
        before = ticks(server)
        time.sleep(1)
        if ticks(server) == before:
            return True
    return False


@pytest.mark.slow
def test_the_loop_of_a_session_ends_when_its_page_is_closed(new_page: NewPage, placeholder: Server) -> None:
    page = open_at(new_page(placeholder.url), "/looping")
    before = ticks(placeholder)
    page.wait_for_timeout(1000)
    assert ticks(placeholder) > before
    page.close(run_before_unload=True)
    assert settled(placeholder)


@pytest.mark.slow
def test_the_loop_of_a_session_ends_when_its_connection_is_lost_for_good(placeholder: Server) -> None:
    """A raw connection that is dropped without a word, as by a phone that goes out of reach."""

    def message(kind: str, **content: Any) -> str:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "s", "username": "", "version": "5.2"}
        header["date"] = "2026-01-01T00:00:00Z"
        parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        return json.dumps({**parts, "buffers": []})

    cookie = {"Cookie": f"solara-session-id={uuid.uuid4()}"}
    target = {"comm_id": "c", "target_name": "solara.control", "data": {}}
    run = {"method": "run", "args": {"path": "/looping", "appName": None, "dark": False}}
    before = ticks(placeholder)
    with connect(line_of(placeholder), origin=placeholder.url, additional_headers=cookie) as line:
        line.send(message("comm_open", **target))
        line.send(message("comm_msg", comm_id="c", data=run))
        deadline = time.monotonic() + PATIENCE
        while ticks(placeholder) <= before + 5:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        line.socket.shutdown(socket.SHUT_RDWR)
    assert settled(placeholder)


# --- Beginning and end ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("pages", [0, 2])
def test_the_app_ends_with_ctrl_c_at_once_and_without_a_word_too_many(
    new_page: NewPage, pages: int, tmp_path: Path
) -> None:
    with running(MODULE, TICKS=str(tmp_path / "ticks")) as server:
        for path in ("/", "/looping")[:pages]:
            page = open_at(new_page(server.url), path)
            page.spy.expected = ("WebSocket", "ERR_CONNECTION_REFUSED", "Failed to load")  # type: ignore[attr-defined]
        begun = time.monotonic()
        assert server.end() == 0
        assert time.monotonic() - begun < 10
        time.sleep(0.2)
        assert [line for line in server.errors if line.strip()] == ["The app has ended.\n"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"port": 70000}, "--port: must be between 0 and 65535, got 70000"),
        ({"port": -1}, "--port: must be between 0 and 65535, got -1"),
        ({"host": "no.such.host.invalid"}, "--host: must be a name or address of this computer"),
        ({"host": "192.0.2.77"}, "--host: must be a name or address of this computer"),
        ({"host": "a" * 70}, "--host: must be a name or address of this computer"),
    ],
)
def test_what_cannot_be_served_is_said_in_plain_words(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        app(**{"host": "127.0.0.1", "port": 0, "no_browser": True} | options)


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"--port: is in use by another program, got {port}\n.*--port 0"):
            app(host="127.0.0.1", port=port, no_browser=True)


@pytest.mark.parametrize(("missing", "told"), [("solara-ui", "needs solara-ui"), ("ipyvue", "needs ipyvue<3")])
def test_a_missing_part_is_said_with_how_to_install_it(
    missing: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = metadata.version

    def version(name: str) -> str:
        if name == missing == "solara-ui":
            raise metadata.PackageNotFoundError(name)
        return "3.1.0" if name == missing else found(name)

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(
        InputError, match=f"{told}, got an installation without them\nInstall it: pip install 'smarketing\\[app\\]'"
    ):
        app(host="127.0.0.1", port=0, no_browser=True)


@pytest.mark.slow
def test_an_app_for_the_network_warns_and_lets_in_by_its_link_alone(new_page: NewPage, tmp_path: Path) -> None:
    with running(MODULE, "--host", "0.0.0.0", TICKS=str(tmp_path)) as server:
        assert "?token=" in server.link
        assert ask(server, "/")[0] == 401
        assert not connects(server, origin=f"http://127.0.0.1:{server.port}")
        home = server.url  # as others in the network see it: browsers trust it less than this computer's own names
        page = new_page(home)
        page.goto(server.link)
        page.get_by_text("Count 0").click()
        page.get_by_text("Count 1").wait_for()
        assert "token" not in page.url
        locked_out = new_page(home)
        locked_out.spy.expected = ("401",)  # type: ignore[attr-defined]
        locked_out.goto("/")
        locked_out.get_by_label("Code of the room").wait_for()
