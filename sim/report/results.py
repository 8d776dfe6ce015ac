"""Results that can be told on a page: which kind a file is, and its page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.domain.errors import LONGEST_VALUE, InputError, Told
from sim.report.board import Board, board_page
from sim.report.board_calibration import calibration_page
from sim.report.board_causes import attribution_board, explanation_board
from sim.report.board_comparison import comparison_board
from sim.report.board_decision import decision_board
from sim.report.board_run import run_board

Document = Mapping[str, Any]


def _page(make: Callable[[Document], Board]) -> Callable[[Document], str]:
    """What makes a page, from what makes its content."""
    return lambda document: board_page(make(document), document["provenance"])


#: Fields by which each kind of result is known, and what makes its page.
KINDS: dict[str, tuple[frozenset[str], Callable[[Document], str]]] = {
    "run": (frozenset({"provenance", "outcomes"}), _page(run_board)),
    "comparison": (frozenset({"provenance", "baseline", "rows"}), _page(comparison_board)),
    "decision": (frozenset({"provenance", "question", "verdict", "frontier", "options"}), _page(decision_board)),
    "attribution": (frozenset({"provenance", "players", "rows", "pairs"}), _page(attribution_board)),
    "explanation": (frozenset({"provenance", "baseline", "pairs"}), _page(explanation_board)),
    "calibration": (frozenset({"held_from", "forecast", "parameters", "effects"}), calibration_page),
}
MEND = "Give a file that a command wrote with --format json, or the folder of a study."


def read_result(path: Path) -> tuple[str, Any]:
    """Kind and content of a result.

    Raises
    ------
    InputError
        If the file cannot be read, or is no result that has a page.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("RESULT", f"cannot be read ({error.strerror})", str(path), MEND) from None
    except (ValueError, RecursionError):
        raise InputError("RESULT", "must be JSON or the folder of a study", str(path), MEND) from None
    return kind_of_result(document, str(path)), document


def kind_of_result(document: Any, where: str = "") -> str:
    """What kind of result a document is.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> kind_of_result({"schema": 1, "provenance": {}, "outcomes": {}})
    'run'
    """
    fields = frozenset(document) if isinstance(document, dict) else frozenset()
    for kind, (needed, _) in KINDS.items():
        if needed <= fields:
            return kind
    raise InputError("RESULT", f"must be one of {', '.join(KINDS)}, or a study", where, MEND)


def result_page(document: Document) -> str:
    """The page of a result, from its JSON.

    Raises
    ------
    InputError
        If it is no result that has a page, or lacks what its kind has.
    """
    kind = kind_of_result(document)
    try:
        return KINDS[kind][1](document)
    except InputError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        told = Told(" ".join(f"one that has been changed ({type(error).__name__}: {error})".split())[:LONGEST_VALUE])
        raise InputError("RESULT", f"must have all that a {kind} has", told, MEND) from None
