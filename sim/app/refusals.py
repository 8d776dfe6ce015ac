"""Pages that the guard itself shows: why somebody cannot come in, and what to do about it."""

from __future__ import annotations

import html
from dataclasses import dataclass

from sim.app.headers import SAFE, Headers

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;margin:12vh auto;max-width:32rem;padding:0 1.5rem}"
    "h1{font-size:1.5rem}input,button{font:inherit;padding:.5rem .75rem}input{width:9rem;text-transform:uppercase}"
)
LOCKED = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
FORM = (
    '<form action="/join"><p><label for="room">Code of the room</label></p>'
    '<p><input id="room" name="room" required maxlength="16" autocomplete="off" autocapitalize="characters">'
    " <button>Join</button></p></form>"
)
HOME = '<p><a href="/">To the start page</a></p>'


@dataclass(frozen=True)
class Refusal:
    """An answer of the guard.

    Parameters
    ----------
    status : int
        Of HTTP.
    title, text : str
        What is the matter, and what to do.
    form : str, optional
        HTML after the text: a field for a code, or a link home.
    """

    status: int
    title: str
    text: str
    form: str = ""

    @property
    def page(self) -> bytes:
        """The answer as a page that loads nothing."""
        title, text = html.escape(self.title), html.escape(self.text)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · smarketing</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
            f"<body><main><h1>{title}</h1><p>{text}</p>{self.form}</main></body></html>"
        ).encode()

    @property
    def headers(self) -> Headers:
        """Its headers, but those of one answer, such as a cookie."""
        again = [(b"retry-after", b"60")] if self.status in (429, 503) else []
        return [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(self.page)).encode()),
            (b"content-security-policy", LOCKED.encode()),
            (b"cache-control", b"no-store"),
            *again,
            *SAFE,
        ]


WRONG_NAME = Refusal(
    400, "Wrong address", "This app does not go by the name in your address bar. Open it by the address it printed."
)
WRONG_REQUEST = Refusal(405, "Not possible here", "The app does not take requests of this kind.")
TOO_MUCH = Refusal(413, "Too much", "The app does not take that much at once.")
NOT_HERE = Refusal(404, "No such page", "There is nothing at this address.", HOME)
FOREIGN = Refusal(403, "Not from here", "The app answers its own pages only.")
FULL = Refusal(503, "The app is full", "As many people as it can serve are here already. Try again in a minute.")
NOT_IN = Refusal(
    401,
    "Please come in by the link",
    "Open the link that the owner of this app was given, or type the code of the room that you are to join.",
    FORM,
)
OWNERS = Refusal(403, "Not for guests", "This page shows what the app's owner has made. Guests play in the class.")
WRONG_CODE = Refusal(403, "No such room", "Look at the code again: the room may also have closed.", FORM)
TOO_MANY_TRIES = Refusal(429, "Too many tries", "Wait a minute, look at the code again, and try once more.")
BROKEN = Refusal(500, "Something went wrong", "It is not your doing. Go back, or start anew.", HOME)
JOIN = Refusal(200, "Join a class", "Type the code that you see on the screen in front.", FORM)
