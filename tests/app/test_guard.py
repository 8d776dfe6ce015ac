"""What the guard lets through to Solara, and what it does not."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from sim.app.address import Address
from sim.app.limits import BODY, MESSAGE, SENT, UPLOAD, Allowance
from tests.app.asgi_client import GOOD, HOST, LINE, Client

HERE = Address("127.0.0.1", 8765, "127.0.0.1")
NETWORK = Address("0.0.0.0", 8765, "0.0.0.0")
OURS = {"origin": f"http://{HOST}"}


@pytest.fixture
def cdn(tmp_path: Path) -> Path:
    folder = tmp_path / "cdn"
    (folder / "app@1.0.0" / "dist").mkdir(parents=True)
    (folder / "app@1.0.0" / "dist" / "main.js").write_text("start()")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def here(cdn: Path) -> Client:
    """A visitor of an app that only this computer can reach."""
    return Client(HERE, cdn)


@pytest.fixture
def network(cdn: Path) -> Client:
    """A visitor of an app that the network can reach."""
    return Client(NETWORK, cdn, token="s3cret")


# --- Names and origins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "localhost", "LOCALHOST:9000"])
def test_a_page_is_served_by_every_name_of_this_computer(here: Client, host: str) -> None:
    assert here.ask("/", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "localhost.evil.example", "192.168.1.5:8765", "", None]
)
def test_a_request_by_a_foreign_name_is_refused_before_solara_sees_it(here: Client, host: str | None) -> None:
    assert here.ask("/", host=host).status == 400
    assert not here.behind.requests


def test_an_app_for_the_network_goes_by_its_numbers_but_by_no_foreign_name(network: Client) -> None:
    assert network.ask("/readyz", host="192.168.1.5:8765").status == 200
    assert network.ask("/readyz", host="evil.example:8765").status == 400


def test_a_connection_of_our_own_page_stands(here: Client) -> None:
    assert here.connect(GOOD, **OURS).types == ["websocket.accept"]
    assert here.behind.said == [GOOD]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:3000",
        "http://localhost:8765.evil.example",
        "null",
        "file://",
        "http://[",
    ],
)
def test_a_connection_from_a_foreign_page_is_refused(here: Client, origin: str) -> None:
    answer = here.connect(GOOD, origin=origin)
    assert (answer.types, answer.code) == (["websocket.close"], 1008)
    assert not here.behind.requests


def test_a_connection_without_an_origin_is_refused(here: Client) -> None:
    assert here.connect(GOOD).code == 1008
    assert not here.behind.requests


def test_a_connection_by_a_foreign_name_is_refused_though_name_and_origin_agree(here: Client) -> None:
    assert here.connect(GOOD, host="evil.example:8765", origin="http://evil.example:8765").code == 1008
    assert not here.behind.requests


def test_only_our_own_page_can_say_that_a_page_was_closed(here: Client) -> None:
    path = "/_solara/api/close/k1?session_id=p1"
    assert here.ask(path, "POST", **OURS).status == 200
    assert here.ask(path, "POST").status == 403
    assert here.ask(path, "POST", origin="https://evil.example").status == 403
    assert here.ask("/_solara/api/close/k1", "POST", **OURS).status == 403
    assert len(here.behind.requests) == 1


# --- Paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/compare", "/class?room=K7QM", "/static/main.js", "/jupyter/nbextensions/a/b.js", "/jupyter/api/kernels/k1"],
)
def test_pages_and_their_files_are_served(here: Client, path: str) -> None:
    assert here.ask(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/resourcez",
        "/resourcez/",
        "/resourcez?verbose",
        "/jupyter/api/kernels",
        "/jupyter/api/kernels/k1/channels",
        "/_solara/api/evict/k1",
        "/_solara/auth/login",
        "/_solara",
        "/static",
        "/static/../routes.py",
        "/static/public/../../../etc/passwd",
        "/static/..\\routes.py",
        "/static/%2e%2e/routes.py",
        "/static//etc/passwd",
        "//etc/passwd",
        "/a\0b",
        "/a\nb",
        "/" + "a" * 20_000,
    ],
)
def test_what_no_page_needs_is_not_there(here: Client, path: str) -> None:
    assert here.ask(path).status == 404
    assert not here.behind.requests


def test_files_of_the_front_end_are_served_if_they_are_installed(here: Client) -> None:
    assert here.ask("/_solara/cdn/app@1.0.0/dist/main.js").status == 200


@pytest.mark.parametrize(
    "path", ["app@1.0.0/dist", "app@1.0.0", "app@1.0.0/dist/", "missing@1.0.0/x.js", "../secret.txt", ""]
)
def test_folders_and_missing_files_of_the_front_end_never_reach_solara(here: Client, path: str) -> None:
    """Solara deletes a folder that is asked for, and fetches a missing file from the network."""
    assert here.ask(f"/_solara/cdn/{path}").status == 404
    assert not here.behind.requests


def test_a_link_out_of_the_folder_of_the_front_end_is_not_followed(here: Client, cdn: Path) -> None:
    (cdn / "out.txt").symlink_to(cdn.parent / "secret.txt")
    assert here.ask("/_solara/cdn/out.txt").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_pages_are_read_and_nothing_else(here: Client, method: str) -> None:
    assert here.ask("/", method, **OURS).status == 405
    assert not here.behind.requests


@pytest.mark.parametrize(
    "path",
    [
        LINE,
        f"{LINE}?session_id=",
        f"{LINE}?session_id=../p",
        "/jupyter/api/kernels/k1/shell?session_id=p",
        "/?session_id=p",
        "/jupyter/api/kernels/../channels?session_id=p",
    ],
)
def test_a_connection_to_anything_but_a_session_is_refused(here: Client, path: str) -> None:
    assert here.connect(GOOD, path=path, **OURS).code == 1008
    assert not here.behind.requests


# --- Headers ----------------------------------------------------------------------------------------------------------


def test_solara_never_sees_what_only_a_proxy_may_say_nor_a_role_that_a_visitor_gives_himself(network: Client) -> None:
    """The first script-name that Solara sees becomes the root of all its links, for everybody."""
    lies = {"script_name": "/x", "x_script_name": "/x", "x_forwarded_host": "evil", "x_smarketing_role": "owner"}
    network.access.admit("K7QM")
    network.ask("/", cookie="smarketing-8765=room.K7QM", **lies)
    assert network.behind.role == ["guest"]
    assert not any(network.behind.header(name.replace("_", "-")) for name in list(lies)[:3])


def test_a_page_may_run_the_scripts_that_stand_in_it_and_load_from_here_alone(here: Client) -> None:
    rules = here.ask("/").header("content-security-policy") or ""
    assert "script-src 'self' 'unsafe-eval' 'sha256-" in rules
    assert "'unsafe-inline'" not in rules.partition("script-src")[2].partition(";")[0]
    assert "default-src 'none'" in rules and "frame-ancestors 'none'" in rules
    assert f"connect-src 'self' ws://{HOST}" in rules


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/resourcez", "/join", "/_solara/cdn/app@1.0.0/dist/main.js"])
def test_every_answer_tells_the_browser_to_be_careful(here: Client, path: str) -> None:
    answer = here.ask(path)
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-frame-options") == "DENY"


def test_cookies_stay_with_this_site_and_out_of_reach_of_scripts(here: Client) -> None:
    (cookie,) = here.ask("/").cookies
    assert cookie == "solara-session-id=7; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"


# --- Sizes and numbers ------------------------------------------------------------------------------------------------


def test_a_request_with_a_large_body_is_refused_and_no_body_is_read(here: Client) -> None:
    path = "/_solara/api/close/k1?session_id=p1"
    assert here.ask(path, "POST", content_length=str(BODY + 1), **OURS).status == 413
    assert here.ask(path, "POST", content_length="-1", **OURS).status == 413
    assert not here.behind.requests
    assert here.ask(path, "POST", content_length="50", **OURS).status == 200
    assert here.behind.said == [b""]


def test_a_message_larger_than_a_piece_of_a_file_ends_the_connection(here: Client) -> None:
    answer = here.connect(GOOD, "x" * (MESSAGE + 1), GOOD, **OURS)
    assert (answer.types, answer.code) == (["websocket.accept", "websocket.close"], 1009)
    assert here.behind.said == [GOOD] and here.behind.ended


def piece(of: int) -> bytes:
    """A message with a piece of a file."""
    text = GOOD.encode()
    return struct.pack("!iII", 2, 12, 12 + len(text)) + text + bytes(of)


def test_pieces_of_a_file_come_through_until_it_is_more_than_any_upload(here: Client) -> None:
    size = 2 * 1024 * 1024
    answer = here.connect(*[piece(size)] * (SENT // size + 5), **OURS)
    assert answer.code == 1009
    assert 4 / 3 * UPLOAD < size * len(here.behind.said) <= SENT * 1.1


def test_more_messages_than_a_hand_can_make_end_the_connection(here: Client) -> None:
    assert here.connect(*[GOOD] * 5000, **OURS).code == 1009
    assert len(here.behind.said) < 5000


def saying(**changed: object) -> str:
    return json.dumps(json.loads(GOOD) | changed)


@pytest.mark.parametrize(
    "said",
    [
        "not a message",
        "[]",
        "{}",
        saying(header={"msg_type": "execute_request"}),
        saying(header={"msg_type": "shutdown_request"}),
        saying(channel="control"),
        saying(content=None),
        saying(header={"msg_type": "comm_open"}, content={"target_name": "jupyter.widget"}),
        "[" * 100_000,
        b"",
        b"\xff\xff\xff\xff",
        struct.pack("!i", 2_000_000_000),
        struct.pack("!iI", 1, 4),
        struct.pack("!iII", 2, 12, 1) + GOOD.encode(),
    ],
)
def test_what_no_page_says_ends_the_connection_and_never_reaches_solara(here: Client, said: str | bytes) -> None:
    assert here.connect(said, GOOD, **OURS).code == 1008
    assert here.behind.said == [] and here.behind.ended


def test_a_page_may_open_the_lines_that_solara_answers(here: Client) -> None:
    opens = [
        saying(header={"msg_type": "comm_open"}, content={"target_name": name})
        for name in ("solara.control", "jupyter.widget.control")
    ]
    assert here.connect(*opens, **OURS).types == ["websocket.accept"]
    assert here.behind.said == opens


def test_more_sessions_than_there_is_room_for_are_refused_but_who_comes_back_gets_in(cdn: Path) -> None:
    client = Client(HERE, cdn, most=2)
    client.living |= {"k1", "k2"}
    assert client.connect(GOOD, path="/jupyter/api/kernels/k3/channels?session_id=p", **OURS).code == 1013
    assert client.connect(GOOD, path="/jupyter/api/kernels/k2/channels?session_id=p", **OURS).types == [
        "websocket.accept"
    ]
    full = client.ask("/")
    assert full.status == 503 and "full" in full.body and full.header("retry-after")


def test_a_session_without_a_page_makes_room(cdn: Path) -> None:
    client = Client(HERE, cdn, most=2, make_room=lambda: client.living.pop() != "")
    client.living |= {"k1", "k2"}
    assert client.connect(GOOD, path="/jupyter/api/kernels/k3/channels?session_id=p", **OURS).types == [
        "websocket.accept"
    ]
    assert len(client.living) == 1


def test_sessions_cannot_begin_faster_than_people_come(cdn: Path) -> None:
    client = Client(HERE, cdn, arrivals=Allowance(3, 0.001))
    codes = [
        client.connect(GOOD, path=f"/jupyter/api/kernels/n{i}/channels?session_id=p", **OURS).code for i in range(5)
    ]
    assert codes == [None, None, None, 1013, 1013]


def test_a_class_of_sixty_can_come_at_once(cdn: Path) -> None:
    client = Client(HERE, cdn)
    for i in range(60):
        client.living.add(f"n{i}")
        assert client.ask("/").status == 200
        assert client.connect(GOOD, path=f"/jupyter/api/kernels/m{i}/channels?session_id=p", **OURS).code is None


# --- Tokens and codes -------------------------------------------------------------------------------------------------


def test_nobody_comes_into_an_app_for_the_network_without_a_token(network: Client) -> None:
    assert network.ask("/").status == 401
    assert network.ask("/static/main.js").status == 401
    assert network.connect(GOOD, **OURS).code == 1008
    assert not network.behind.requests


def test_the_link_of_the_owner_lets_him_in_and_its_token_goes_out_of_sight(network: Client) -> None:
    answer = network.ask("/compare?seed=4&token=s3cret")
    assert (answer.status, answer.header("location")) == (303, "/compare?seed=4")
    (cookie,) = answer.cookies
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert network.ask("/", cookie=cookie.partition(";")[0]).status == 200
    assert network.behind.role == ["owner"]
    assert network.connect(GOOD, cookie=cookie.partition(";")[0], **OURS).types == ["websocket.accept"]


def test_a_guest_comes_in_by_the_code_of_a_room_until_it_closes(network: Client) -> None:
    assert network.ask("/join?room=K7QM").status == 403
    network.access.admit("K7QM")
    answer = network.ask("/join?room=k7qm")
    assert (answer.status, answer.header("location")) == (303, "/class?room=K7QM")
    shown = answer.cookies[0].partition(";")[0]
    assert network.ask("/class?room=K7QM", cookie=shown).status == 200
    assert network.behind.role == ["guest"]
    network.access.dismiss("K7QM")
    assert network.ask("/class?room=K7QM", cookie=shown).status == 401


def test_the_owner_stays_the_owner_when_he_opens_the_link_of_a_room(network: Client) -> None:
    network.access.admit("K7QM")
    assert not network.ask("/join?room=K7QM", cookie="smarketing-8765=owner.s3cret").cookies


def test_without_a_code_the_door_asks_for_it(network: Client) -> None:
    answer = network.ask("/join")
    assert answer.status == 200 and 'name="room"' in answer.body


@pytest.mark.parametrize(
    "attempt",
    [{"path": "/?token={}"}, {"path": "/join?room=AAA{}"}, {"path": "/", "cookie": "smarketing-8765=room.AAA{}"}],
)
def test_codes_cannot_be_found_by_trying(network: Client, attempt: dict[str, str]) -> None:
    network.access.admit("AAA99")
    for i in range(20):
        network.ask(**{key: value.format(i) for key, value in attempt.items()})
    assert network.ask("/join?room=AAA99").status == 429
    assert network.ask("/join?room=AAA99", visitor="10.0.0.8").status == 303


def test_a_page_left_open_with_the_pass_of_yesterday_uses_up_nobodys_tries(network: Client) -> None:
    network.access.admit("AAA99")
    for _ in range(50):
        assert network.connect(GOOD, cookie="smarketing-8765=owner.yesterday", **OURS).code == 1008
    assert network.ask("/join?room=AAA99").status == 303


def test_neither_the_owner_nor_who_has_been_in_is_locked_out_by_the_tries_of_others(network: Client) -> None:
    """A class may come from one address, as behind a router."""
    network.access.admit("AAA99")
    guest = {"cookie": "smarketing-8765=room.AAA99"}
    assert network.ask("/", **guest).status == 200
    for i in range(20):
        network.ask(f"/join?room=AAA{i}")
    assert network.ask("/join?room=AAA99").status == 429
    assert network.ask("/", **guest).status == 200
    assert network.ask("/?token=s3cret").status == 303
    assert network.ask("/", cookie="smarketing-8765=owner.s3cret").status == 200


def test_a_code_that_is_not_one_goes_nowhere(here: Client) -> None:
    answer = here.ask("/join?room=%0d%0aset-cookie:%20a=b<script>//evil.example")
    assert answer.header("location") == "/class?room=SET-COOKIEABSCRI"
    assert not answer.cookies


# --- Failures ---------------------------------------------------------------------------------------------------------


def test_a_page_that_solara_does_not_know_or_cannot_make_is_said_so_in_plain_words(here: Client) -> None:
    here.behind.status, here.behind.page = 404, b"Page not found by Solara router"
    unknown = here.ask("/nowhere")
    assert unknown.status == 404 and "No such page" in unknown.body and "router" not in unknown.body
    here.behind.error = RuntimeError("in /home/somebody/file.py")
    for path in ("/", "/static/main.js"):
        broken = here.ask(path)
        assert broken.status == 500 and "somebody" not in broken.body


def test_a_connection_that_fails_is_closed_and_its_session_is_counted_out(here: Client) -> None:
    here.behind.error = RuntimeError("broken")
    assert here.connect(GOOD, **OURS).code == 1011
    assert here.guard.sessions._connected == {}
