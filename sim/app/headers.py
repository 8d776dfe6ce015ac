"""Headers of answers: what a page may load and run, and cookies that no script and no other site can use."""

from __future__ import annotations

import base64
import hashlib
import re

Headers = list[tuple[bytes, bytes]]

#: For every answer. Vue compiles templates while running, hence 'unsafe-eval'; styles are set from scripts.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
_INLINE = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)
#: Seconds that a session's cookie is kept: what a user made is found again after a holiday.
MONTH = 30 * 24 * 3600
#: Seconds that a pass is kept: a day of teaching.
DAY = 12 * 3600


def policy(page: bytes, origin: str) -> bytes:
    """The content security policy of a page: its own scripts, by their digests, and nothing that is put in later.

    Parameters
    ----------
    page : bytes
        The page as it is sent, not compressed.
    origin : str
        Name and port by which the page is asked for: where it may open its connection.

    Examples
    --------
    >>> b"'sha256-" in policy(b"<script>start()</script>", "localhost:8765")
    True
    >>> b"'sha256-" in policy(b"<script src='x.js'></script>", "localhost:8765")
    False
    """
    rules = dict(POLICY)
    rules["script-src"] = " ".join([POLICY["script-src"], *digests(page)])
    rules["connect-src"] = f"'self' ws://{origin} wss://{origin}"
    return "; ".join(f"{name} {value}" for name, value in rules.items()).encode("latin-1")


def digests(page: bytes) -> list[str]:
    """Digests of the scripts that stand in a page, in its order."""
    inline = (match["text"] for match in _INLINE.finditer(page) if b"src=" not in match["attributes"])
    return [f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" for text in inline]


def without(headers: Headers, *names: bytes) -> Headers:
    """Headers without some of them."""
    return [(name, value) for name, value in headers if name.lower() not in names]


def first(headers: Headers, name: bytes) -> str:
    """The first value of a header, empty where there is none."""
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


def cookie(name: str, value: str, seconds: int) -> tuple[bytes, bytes]:
    """A header that sets a cookie for this site alone, out of reach of scripts; 0 seconds delete it.

    Examples
    --------
    >>> cookie("pass", "room.K7QM", 60)[1]
    b'pass=room.K7QM; Path=/; Max-Age=60; HttpOnly; SameSite=Lax'
    """
    text = f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    return b"set-cookie", text.encode("latin-1")


def own_cookies(headers: Headers) -> Headers:
    """Headers with Solara's cookies set as ours are: Solara itself lets other sites send them, until 2038.

    Examples
    --------
    >>> own_cookies([(b"set-cookie", b"solara-session-id=7f3a; Path=/; SameSite=none; Secure")])
    [(b'set-cookie', b'solara-session-id=7f3a; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax')]
    """
    kept = []
    for key, value in headers:
        if key.lower() == b"set-cookie":
            name, _, rest = value.decode("latin-1").partition("=")
            kept.append(cookie(name, rest.partition(";")[0], MONTH))
        else:
            kept.append((key, value))
    return kept


def cookies_of(headers: Headers) -> dict[str, str]:
    """Cookies that came with a request."""
    pairs = (part.strip().partition("=") for part in first(headers, b"cookie").split(";"))
    return {name: value.strip('"') for name, _, value in pairs if name}
