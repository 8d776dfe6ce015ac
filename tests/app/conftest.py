"""A real server and a real browser, and a spy that nothing wrong gets past."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCREENSHOTS = HERE / "screenshots"
SIZES = {"laptop": (1280, 720), "projector": (1920, 1080), "phone": (390, 844)}
THEMES = ("light", "dark")
#: Without sandbox, as in a container that runs as root; everything by which Chromium itself asks the network is off.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
#: Seconds for what takes one or two on a quiet machine.
PATIENCE = 60


def chromium() -> str:
    """Where Chromium is, or nothing: Debian's package, or what ``$CHROMIUM`` names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


# --- The server -------------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A running app.

    Attributes
    ----------
    link : str
        What it printed to open.
    url : str
        Scheme, name and port of it.
    seconds : float
        From its start until it printed the link.
    errors : list of str
        Lines of its standard error.
    """

    process: subprocess.Popen[str]
    link: str = ""
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return "/".join(self.link.split("/")[:3])

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self) -> int:
        """Press Ctrl-C, as a terminal does; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def start(module: str, *options: str, **environment: str) -> Server:
    """Start a server on a free port and wait until it says where it is."""
    command = [sys.executable, "-m", module, *options, "--port", "0", "--no-browser"]
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    server = Server(process)
    threading.Thread(target=lambda: server.errors.extend(process.stderr or ()), daemon=True).start()
    for line in process.stdout or ():
        if "http://" in line:
            server.link = next(word for word in line.split() if word.startswith("http://"))
            server.seconds = time.monotonic() - begun
            return server
    process.wait()
    raise RuntimeError("the app did not start:\n" + "".join(server.errors))


@contextmanager
def running(module: str, *options: str, **environment: str) -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = start(module, *options, **environment)
    try:
        yield server
    finally:
        server.process.terminate() if server.process.poll() is None else None
        server.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`smarketing app` as users start it, with nobody's work in it."""
    with running("sim", "app", SMARKETING_WORK=str(tmp_path_factory.mktemp("work"))) as server:
        yield server


@pytest.fixture(scope="session")
def placeholder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same server with pages that fail and loop on purpose; sessions without a page end after a second."""
    ticks = tmp_path_factory.mktemp("placeholder") / "ticks"
    with running("tests.app.serve_placeholder", TICKS=str(ticks), SOLARA_KERNEL_CULL_TIMEOUT="1s") as server:
        server.ticks = ticks  # type: ignore[attr-defined]
        yield server


# --- The browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Where there is none, tests are left out, but not in CI.

    One for each file: while it runs, no other test of this process can run a loop of asyncio.
    """
    program = chromium()
    if not program:
        why = "no Chromium found: apt install chromium, or set CHROMIUM"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Spy:
    """What went wrong in a page.

    Parameters
    ----------
    home : str
        Where requests may go.
    expected : tuple of str
        Parts of what a test wants to go wrong.
    """

    home: str
    wrongs: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        """Listen to a page, and to the connections that it opens."""
        page.on("pageerror", lambda error: self.wrongs.append(f"error in the page: {error}"))
        page.on("crash", lambda _: self.wrongs.append("the page crashed"))
        page.on("console", lambda said: self.hear(said.type, said.text))
        page.on("requestfailed", lambda request: self.failed(request.url, request.failure or ""))
        page.on("request", lambda request: self.asked(request.url))
        page.on("websocket", lambda line: self.asked(line.url))
        page.on("response", lambda answer: self.answered(answer.status, answer.url))

    def hear(self, kind: str, text: str) -> None:
        if kind == "error" or "Content Security Policy" in text:
            self.wrongs.append(f"on the console: {text}")

    def asked(self, url: str) -> None:
        home = (self.home, self.home.replace("http://", "ws://"), "data:", "blob:", "about:")
        if not url.startswith(home):
            self.wrongs.append(f"left this computer: {url}")

    def answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.wrongs.append(f"status {status}: {url}")

    def failed(self, url: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # what a page that is left had still asked for
            self.wrongs.append(f"{why}: {url}")

    @property
    def found(self) -> list[str]:
        """What went wrong and was not expected."""
        return [wrong for wrong in self.wrongs if not any(part in wrong for part in self.expected)]


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Make a page of a visitor of his own: ``new_page(home, size="phone", theme="dark", bypass_csp=True)``.

    Each has a spy, ``page.spy``; the test fails at its end if a spy has found anything.
    """
    contexts: list[BrowserContext] = []
    spies: list[Spy] = []

    def make(home: str, size: str = "laptop", theme: str = "light", **options: Any) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=size == "phone",
            base_url=home,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        spy = Spy(home)
        spy.watch(page)
        spies.append(spy)
        page.spy = spy  # type: ignore[attr-defined]
        return page

    yield make
    found = [wrong for spy in spies for wrong in spy.found]
    for context in contexts:
        context.close()
    assert not found, "\n".join(found)


@pytest.fixture
def page(new_page: NewPage, server: Server) -> Page:
    """A new visitor's page of the app, on a laptop, in light colours."""
    return new_page(server.url)


@pytest.fixture
def spy(page: Page) -> Spy:
    """The spy of `page`."""
    return page.spy  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def at(page: Page) -> Callable[[str], Page]:
    """Open a path of the app and wait until it is drawn: ``at("/compare?seed=4")``."""
    return lambda path: open_at(page, path)


def open_at(page: Page, path: str) -> Page:
    """Open a path and wait until it is drawn."""
    page.goto(path)
    return drawn(page)


#: Nothing has changed for a fifth of a second, or something has been changing for two, as a floor at play.
_QUIET = """() => new Promise(done => {
  const begun = performance.now();
  let last = begun;
  const watcher = new MutationObserver(() => { last = performance.now(); });
  watcher.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  const look = () => {
    const now = performance.now();
    if (now - last > 200 || now - begun > 2000) { watcher.disconnect(); done(true); }
    else requestAnimationFrame(look);
  };
  document.fonts.ready.then(look);
})"""


def drawn(page: Page) -> Page:
    """Wait until a page stands: all is ready, its main part is there, fonts are loaded and nothing moves any more."""
    main = page.locator("main").first
    main.wait_for(state="visible")
    page.wait_for_function(
        "() => document.querySelector('main').innerText.trim() && !document.querySelector('.sm-preparing')",
        timeout=240_000,  # a first compile on a busy machine
    )
    page.evaluate(_QUIET)
    return page


def shoot(page: Page, name: str, size: str, theme: str) -> Path:
    """Keep a picture of a page in the folder of screenshots, which CI keeps: ``floor-phone-dark.png``."""
    SCREENSHOTS.mkdir(exist_ok=True)
    file = SCREENSHOTS / f"{name}-{size}-{theme}.png"
    page.screenshot(path=file, full_page=True)
    return file


def assert_fits(page: Page) -> None:
    """Nothing is wider than the window: no sideways scrolling."""
    wide = page.evaluate("() => [document.scrollingElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1], f"the page is {wide[0]} pixels wide in a window of {wide[1]}"


def assert_accessible(page: Page, *but: str) -> None:
    """Nothing serious or critical is found by axe-core, whose scripts need a page made with ``bypass_csp=True``.

    Parameters
    ----------
    page : Page
        As it stands.
    but : str
        Names of rules that the test leaves out, with the reason beside it.
    """
    from axe_playwright_python.sync_playwright import Axe

    rules = {name: {"enabled": False} for name in but}
    fetches = not page.url.startswith("file:")  # a page opened as a file may not read its styles once more
    found = Axe().run(page, options={"rules": rules, "preload": fetches}).response["violations"]
    grave = [
        f"{each['impact']}: {each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:5]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert not grave, "\n".join(grave)
