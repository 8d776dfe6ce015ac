"""How many sessions live at the same time, and how fast new ones begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from sim.app.limits import ARRIVALS, ARRIVALS_A_SECOND, SESSIONS, Allowance


class Sessions:
    """Sessions that live, and room for more.

    A session lives as long as one of its pages is connected, and for some minutes after that, as a phone that sleeps
    comes back. Whoever comes back always gets in.

    Parameters
    ----------
    living : callable
        Names of the sessions that Solara keeps.
    make_room : callable, optional
        Ends a session that is without a page; returns whether there was one.
    most : int, optional
        Sessions at the same time.
    arrivals : Allowance, optional
        Sessions that may begin.

    Examples
    --------
    >>> sessions = Sessions(living=lambda: {"back"}, most=2)
    >>> sessions.enter("new"), sessions.enter("one too many"), sessions.enter("back")
    (True, False, True)
    >>> sessions.leave("new")
    >>> sessions.has_room
    True
    """

    def __init__(
        self,
        living: Callable[[], Collection[str]],
        make_room: Callable[[], bool] = lambda: False,
        most: int = SESSIONS,
        arrivals: Allowance | None = None,
    ) -> None:
        self.living, self.make_room, self.most = living, make_room, most
        self.arrivals = arrivals or Allowance(ARRIVALS, ARRIVALS_A_SECOND)
        self._connected: Counter[str] = Counter()

    @property
    def has_room(self) -> bool:
        """Whether another session may begin now; where there is no room, it is made if possible."""
        is_full = len(self._connected.keys() | set(self.living())) >= self.most
        return self.arrivals.left() >= 1 and (not is_full or self.make_room())

    def enter(self, session: str) -> bool:
        """Note a connection of a session; False if it is a new one and there is no room for it."""
        is_new = session not in self._connected and session not in self.living()
        if is_new and not (self.has_room and self.arrivals.take()):
            return False
        self._connected[session] += 1
        return True

    def leave(self, session: str) -> None:
        """Note the end of a connection."""
        self._connected[session] -= 1
        if self._connected[session] <= 0:
            del self._connected[session]
