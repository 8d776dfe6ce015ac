"""What a request asks for, read without touching a file but those that Solara's front end is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sim.app.headers import Headers, first

ID = r"[0-9A-Za-z-]{1,64}"
_CLOSE = re.compile(rf"/_solara/api/close/{ID}")
_ALIVE = re.compile(rf"/jupyter/api/kernels/{ID}")  # asked before a page connects again; the answer is always yes
_LINE = re.compile(rf"/jupyter/api/kernels/(?P<session>{ID})/channels")
_PAGE_ID = re.compile(ID)
_FILES = ("/static/", "/jupyter/nbextensions/")
_CDN = "/_solara/cdn/"
_CLOSED = ("/_", "/jupyter", "/static", "/resourcez")
#: Characters of a link: a scenario with all its changes fits in many times over.
LONGEST = 16 * 1024


class Asks(Enum):
    """Kinds of request."""

    PAGE = auto()
    FILE = auto()
    CLOSE = auto()
    JOIN = auto()
    READY = auto()
    NOTHING = auto()


def asks(path: str, cdn: Path) -> Asks:
    """What a path asks for; whatever is not known to be needed is nothing.

    Parameters
    ----------
    path : str
        Decoded once.
    cdn : Path
        Folder of the front end's files.

    Examples
    --------
    >>> asks("/compare", Path()), asks("/resourcez", Path()), asks("/static/../server.py", Path())
    (<Asks.PAGE: 1>, <Asks.NOTHING: 6>, <Asks.NOTHING: 6>)
    """
    if not is_plain(path):
        return Asks.NOTHING
    if path in ("/join", "/readyz"):
        return Asks.JOIN if path == "/join" else Asks.READY
    if path.startswith(_FILES) or _ALIVE.fullmatch(path):
        return Asks.FILE
    if path.startswith(_CDN):
        return Asks.FILE if has_file(cdn, path.removeprefix(_CDN)) else Asks.NOTHING
    if _CLOSE.fullmatch(path):
        return Asks.CLOSE
    return Asks.NOTHING if path.startswith(_CLOSED) else Asks.PAGE


def is_plain(path: str) -> bool:
    r"""Whether a path goes down only, in characters that no system reads in two ways.

    Examples
    --------
    >>> [is_plain(path) for path in ("/a/b", "/a/../b", "/a%2e%2e/b", "/a\\b", "//evil.example")]
    [True, False, False, False, False]
    """
    parts = path.split("/")
    return (
        len(path) <= LONGEST
        and path.startswith("/")
        and not any(part in (".", "..") for part in parts)
        and "" not in parts[1:-1]
        and all(character.isprintable() and character not in "\\%" for character in path)
    )


def has_file(folder: Path, path: str) -> bool:
    """Whether a folder has this file. Asked for a folder, Solara would delete it; for what is missing, go and fetch."""
    file = (folder / path).resolve()
    return file.is_relative_to(folder.resolve()) and file.is_file()


def session_of(scope: Mapping[str, Any]) -> str:
    """Which session a connection belongs to; empty for whatever is not a page's connection."""
    match = _LINE.fullmatch(scope["path"])
    page = query_of(scope).get("session_id", "")
    return match["session"] if match and _PAGE_ID.fullmatch(page) else ""


def query_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """What stands behind the question mark, the last of equal names."""
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))


def without_token(scope: Mapping[str, Any]) -> str:
    """The same link without its token, so that it stays out of the address bar, the history and what is copied.

    Examples
    --------
    >>> without_token({"path": "/compare", "query_string": b"seed=4&token=s3cret"})
    '/compare?seed=4'
    """
    kept = urlencode([pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != "token"])
    path: str = scope["path"]
    return path + (f"?{kept}" if kept else "")


def is_same_origin(headers: Headers) -> bool:
    """Whether a page of this very address asks: browsers name the page's origin, and no page can change that.

    Examples
    --------
    >>> is_same_origin([(b"host", b"localhost:8765"), (b"origin", b"http://localhost:8765")])
    True
    >>> is_same_origin([(b"host", b"localhost:8765"), (b"origin", b"https://evil.example")])
    False
    >>> is_same_origin([(b"host", b"localhost:8765")])
    False
    """
    try:
        origin = urlsplit(first(headers, b"origin"))
    except ValueError:
        return False
    return origin.scheme in ("http", "https") and origin.netloc.lower() == first(headers, b"host").lower()
