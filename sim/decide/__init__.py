"""From a budget to a portfolio: which interventions, in which order, with which doses; or none at all.

The room has the name of its verb, so that ``sim.decide(...)`` works before and after it was imported.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Verb(ModuleType):
    """A module that is called like its verb."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `sim.decide.decision.decide`."""
        from sim.decide.decision import decide

        return decide(*args, **kwargs)


sys.modules[__name__].__class__ = _Verb
