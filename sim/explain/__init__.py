"""Why a lead was won here and lost there: the same lead followed through two worlds on the same luck.

The room has the name of its verb, so that ``sim.explain(...)`` works before and after it was imported.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Verb(ModuleType):
    """A module that is called like its verb."""

    def __call__(self, *scenarios: Any, **options: Any) -> Any:
        """The same as `sim.explain.explanation.explain`."""
        from sim.explain.explanation import explain

        return explain(*scenarios, **options)


sys.modules[__name__].__class__ = _Verb
