"""The documentation as web pages: built as `make site` builds it, and read back without a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
#: Elements that fetch what they name as soon as a page is opened.
FETCHING = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


@dataclass
class Read(HTMLParser):
    """What a page holds.

    Attributes
    ----------
    links, fetched : list of str
        Where one may go from it, and what it needs to be shown.
    anchors : set of str
        Names of its places.
    silent : list of str
        Pictures without words.
    """

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    silent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.anchors.update(has[name] for name in ("id", "name") if name in has)
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        if tag in FETCHING and FETCHING[tag] in has and has.get("rel") not in ("canonical", "index", "next", "prev"):
            self.fetched.append(has[FETCHING[tag]])
        if tag == "img" and not has.get("alt", "").strip():
            self.silent.append(has.get("src", "?"))


@dataclass(frozen=True)
class Site:
    """A folder of pages.

    Parameters
    ----------
    folder : Path
        That holds ``index.html``.
    """

    folder: Path

    @cached_property
    def pages(self) -> dict[Path, Read]:
        """What each page holds."""
        return {path: _read(path) for path in sorted(self.folder.rglob("*.html"))}

    def text(self, name: str) -> str:
        """The HTML of a page."""
        return (self.folder / name).read_text(encoding="utf-8")

    def dead_ends(self) -> Iterator[str]:
        """Links inside the site that lead nowhere: a page, file or place that is not there."""
        for path, read in self.pages.items():
            for link in {*read.links, *read.fetched}:
                parts = urlsplit(link)
                if parts.scheme or parts.netloc:
                    continue
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                if not target.is_file():
                    yield f"{path.name}: {link}: no such file"
                elif parts.fragment and target in self.pages and not self._has(target, unquote(parts.fragment)):
                    yield f"{path.name}: {link}: no such place"

    def _has(self, page: Path, place: str) -> bool:
        return place in self.pages[page].anchors

    def outside(self) -> set[str]:
        """Addresses outside that pages name."""
        links = {link for read in self.pages.values() for link in read.links}
        return {link for link in links if urlsplit(link).scheme not in ("", "file")}


def _read(path: Path) -> Read:
    read = Read()
    read.feed(path.read_text(encoding="utf-8"))
    return read


def build(folder: Path) -> Site:
    """Build the documentation into a folder, a warning being an error."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going"]
    command += ["-d", str(folder / "known"), "-c", "docs/site", "-b", "html", "docs", str(folder / "site")]
    there = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=ROOT, env=there)
    assert done.returncode == 0, done.stderr[-6000:]
    return Site((folder / "site").resolve())
