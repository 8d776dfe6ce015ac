"""Who may come in: everybody on this computer, the owner by a token, guests of a class by the code of their room."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any, Literal

Role = Literal["owner", "guest"]

#: The header by which the guard tells Solara's pages who is there; one that a visitor sends is thrown away.
ROLE = "x-smarketing-role"
#: Pages for guests too; every other page is the owner's, also one that is added later.
FOR_GUESTS = frozenset({"/", "compare", "class"})
CODE = re.compile(r"[A-Z0-9-]{4,16}")


class Access:
    """Who may come in.

    As long as no token is required, as where only this computer can reach the app, everybody is the owner.

    Attributes
    ----------
    url : str
        Where the app is reached, without a slash at the end: the start of a link to join a room.

    Examples
    --------
    >>> access = Access()
    >>> access.role("")
    'owner'
    >>> access.require("s3cret")
    >>> access.role(""), access.role("owner.s3cret"), access.role("room.K7QM")
    (None, 'owner', None)
    >>> access.admit("k7qm")
    >>> access.role("room.K7QM")
    'guest'
    >>> access.dismiss("K7QM")
    >>> access.role("room.K7QM") is None
    True
    """

    def __init__(self) -> None:
        self.url = ""
        self._token = ""
        self._codes: set[str] = set()

    @property
    def is_open(self) -> bool:
        """Whether nobody needs a token."""
        return not self._token

    def require(self, token: str) -> None:
        """From now on let in only who has this token, or the code of a room."""
        self._token = token

    def admit(self, code: str) -> None:
        """From now on let in guests who have this code, until it is dismissed.

        Raises
        ------
        ValueError
            If it is not 4 … 16 letters, digits or hyphens.
        """
        if not CODE.fullmatch(normal(code)):
            raise ValueError(f"not the code of a room: {code!r}")
        self._codes.add(normal(code))

    def dismiss(self, code: str) -> None:
        """Let in nobody else with this code; who is in keeps the page that is open."""
        self._codes.discard(normal(code))

    def knows(self, code: str) -> bool:
        """Whether the code of a room is good."""
        return normal(code) in self._codes

    def is_token(self, token: str) -> bool:
        """Whether a token is the owner's."""
        return bool(self._token) and hmac.compare_digest(token.encode(), self._token.encode())

    def role(self, pass_: str) -> Role | None:
        """Who comes with a pass: what the cookie says, ``owner.TOKEN`` or ``room.CODE``; None for nobody."""
        if self.is_open:
            return "owner"
        kind, _, secret = pass_.partition(".")
        if kind == "owner" and self.is_token(secret):
            return "owner"
        return "guest" if kind == "room" and self.knows(secret) else None

    def join_link(self, code: str) -> str:
        """The link by which guests come into a room."""
        return f"{self.url}/join?room={normal(code)}"


def normal(code: str) -> str:
    """A code as it is compared: capital letters, no spaces around it."""
    return code.strip().upper()


def new_token() -> str:
    """A token that nobody can guess: 128 bits."""
    return secrets.token_urlsafe(16)


#: The one of this process, which the guard asks and the class page adds to.
ACCESS = Access()


def role() -> Role:
    """Who looks at this page; pages show guests nothing of the owner's."""
    import solara.lab

    headers: Any = solara.lab.headers  # a reactive value, which hides a module of the same name
    told = (headers.value or {}).get(ROLE, [])
    return "owner" if told == ["owner"] or (not told and ACCESS.is_open) else "guest"
