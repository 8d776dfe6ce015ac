"""The guard in front of Solara: nothing that it does not know to be needed comes in.

Solara itself takes connections from any site, shows its state at ``/resourcez``, believes headers of proxies that are
not there, deletes a folder of its front end when that folder is asked for, and waits for ever when it is full. The
guard is an ASGI application around it, so none of that can be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.app import limits, refusals
from sim.app.access import ROLE, Access, Role
from sim.app.address import Address
from sim.app.asgi import (
    AGAIN_LATER,
    NOT_ALLOWED,
    App,
    Receive,
    Scope,
    Send,
    connected,
    give,
    hang_up,
    passed_on,
    redirect,
    refuse,
    whole,
)
from sim.app.headers import DAY, SAFE, cookie, cookies_of, first, own_cookies, policy, without
from sim.app.refusals import Refusal
from sim.app.requests import Asks, asks, is_same_origin, query_of, session_of, without_token
from sim.app.sessions import Sessions

#: Headers that only a proxy may set, by which Solara would place itself elsewhere, and the guard's own.
NOT_BELIEVED = (
    b"forwarded",
    b"script-name",
    b"x-script-name",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
    ROLE.encode(),
)


@dataclass
class Guard:
    """An ASGI application around another one.

    Parameters
    ----------
    app : ASGI application
        Solara's.
    address : Address
        Where it listens.
    access : Access
        Who may come in.
    sessions : Sessions
        How many are in.
    cdn : Path
        Folder of the files of Solara's front end.
    """

    app: App
    address: Address
    access: Access
    sessions: Sessions
    cdn: Path

    def __post_init__(self) -> None:
        # Cookies do not know ports, so that of another app on this computer would be overwritten.
        self.pass_name = f"smarketing-{self.address.port}"
        self.guesses = limits.Guesses()
        self.been_in: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    # --- Requests -----------------------------------------------------------------------------------------------------

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        wants = asks(scope["path"], self.cdn)
        wrong = self._wrong(scope, wants)
        if wrong is not None:
            await refuse(send, wrong)
        elif wants is not Asks.READY and await self._at_the_door(scope, wants, send):
            return
        elif wants is Asks.PAGE:
            await self._page(scope, receive, send)
        else:
            await passed_on(self.app, self._inner(scope), receive, send)

    def _wrong(self, scope: Scope, wants: Asks) -> Refusal | None:
        """Why a request gets no answer, whoever sends it."""
        headers = scope["headers"]
        if not self.address.is_ours(first(headers, b"host")):
            return refusals.WRONG_NAME
        if wants is Asks.NOTHING:
            return refusals.NOT_HERE
        if scope["method"] not in (("POST",) if wants is Asks.CLOSE else ("GET", "HEAD")):
            return refusals.WRONG_REQUEST
        if wants is Asks.CLOSE and not (is_same_origin(headers) and "session_id" in query_of(scope)):
            return refusals.FOREIGN
        size = first(headers, b"content-length")
        if size and not (size.isascii() and size.isdigit() and int(size) <= limits.BODY):
            return refusals.TOO_MUCH
        return None

    async def _at_the_door(self, scope: Scope, wants: Asks, send: Send) -> bool:
        """Let somebody in who brings a token or a code, and turn away who has none; whether an answer was given."""
        query, visitor = query_of(scope), address_of(scope)
        if wants is Asks.JOIN:
            await self._join(query.get("room", ""), scope, send)
            return True
        if "token" in query and not self.access.is_open:
            if self.access.is_token(query["token"]):
                await redirect(send, without_token(scope), self._pass("owner", query["token"]))
                return True
            self.guesses.failed(visitor, query["token"])
        elif self._role(scope) is not None:
            return False
        again = refusals.NOT_IN if self.guesses.may_try(visitor) else refusals.TOO_MANY_TRIES
        await refuse(send, again, cookie(self.pass_name, "", 0))
        return True

    async def _join(self, code: str, scope: Scope, send: Send) -> None:
        """The way into a room: to the page of the class, with a pass where one is needed."""
        visitor = address_of(scope)
        if not code:
            await refuse(send, refusals.JOIN)
        elif not self.guesses.may_try(visitor):
            await refuse(send, refusals.TOO_MANY_TRIES)
        elif self.access.knows(code) or self.access.is_open:
            room = "".join(each for each in code.strip().upper() if each.isalnum() or each == "-")[:16]
            is_in = self._role(scope) is not None
            await redirect(send, f"/class?room={room}", *([] if is_in else [self._pass("room", room)]))
        else:
            self.guesses.failed(visitor, code)
            await refuse(send, refusals.WRONG_CODE)

    def _pass(self, kind: str, secret: str) -> tuple[bytes, bytes]:
        return cookie(self.pass_name, f"{kind}.{secret}", DAY)

    def _role(self, scope: Scope) -> Role | None:
        """Who comes. A wrong pass counts as a try, or codes could be tried as cookies.

        Tokens cannot be found by trying, so the owner is never locked out; nor is a guest who has been in.
        """
        shown, visitor = cookies_of(scope["headers"]).get(self.pass_name, ""), address_of(scope)
        role = self.access.role(shown)
        if role is None and shown:
            self.guesses.failed(visitor, shown)
        if role == "guest" and (visitor, shown) not in self.been_in:
            if not self.guesses.may_try(visitor):
                return None
            self.been_in.add((visitor, shown))
        return role

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A page of the app, whole, because its policy names the scripts that stand in it."""
        if not self.sessions.has_room:
            await refuse(send, refusals.FULL)
            return
        status, headers, body = await whole(self.app, self._inner(scope, is_page=True), receive)
        if status != 200:
            await refuse(send, refusals.NOT_HERE if status in (404, 405) else refusals.BROKEN)
            return
        rules = policy(body, first(scope["headers"], b"host"))
        extra = [(b"content-security-policy", rules), (b"cache-control", b"no-store"), *SAFE]
        await give(send, status, [*own_cookies(headers), *extra], body)

    def _inner(self, scope: Scope, is_page: bool = False) -> Scope:
        """A request as Solara sees it: without what is not believed, with who is there."""
        dropped = (*NOT_BELIEVED, b"accept-encoding") if is_page else NOT_BELIEVED
        role = self._role(scope) or "guest"
        return {**scope, "headers": [*without(scope["headers"], *dropped), (ROLE.encode(), role.encode())]}

    # --- Connections --------------------------------------------------------------------------------------------------

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, session = scope["headers"], session_of(scope)
        is_known = self.address.is_ours(first(headers, b"host")) and is_same_origin(headers)
        if not (session and is_known and self._role(scope)):
            await hang_up(receive, send, NOT_ALLOWED)
            return
        if not self.sessions.enter(session):
            await hang_up(receive, send, AGAIN_LATER)
            return
        try:
            await connected(self.app, self._inner(scope), receive, send)
        finally:
            self.sessions.leave(session)


def address_of(scope: Scope) -> str:
    """The address of whoever asks."""
    return str((scope.get("client") or ("",))[0])
