"""A comparison as a page for a board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.analysis.points import BASELINE
from sim.domain.outcomes import BY_NAME
from sim.report.board import Board
from sim.report.board_again import REPLAYED, again_lines, compare_command
from sim.report.board_words import ASKED, change_sentences, compared, cost_sentences, three_sentences
from sim.report.page import FURTHER_OUTCOMES
from sim.report.prose import enumerate_words
from sim.report.study_comparisons import compared_exhibit, table_of
from sim.report.study_methods import HOLM, PAIRED
from sim.report.study_parts import Exhibit, Part
from sim.report.uncertainty import FIRM, tell_parts_of_uncertainty

Document = Mapping[str, Any]
#: What would change every answer.
ANOTHER_FIRM = "Another firm may have another answer: this one is of the firm that the scenario describes."


def comparison_board(document: Document) -> Board:
    """The page of a comparison, from its JSON."""
    found, about = compared(document), document["provenance"]
    table = frame_of(document["rows"], document["baseline"])
    main = table[table["outcome"].isin(ASKED)]
    names = list(dict.fromkeys(row["label"] for row in document["rows"]))
    others = table[table["outcome"].isin([name for name in FURTHER_OUTCOMES if name not in ASKED])]
    further = (Exhibit("further", "", (), table=table_of(others)),) if len(others) else ()
    method = " ".join((PAIRED, *((FIRM,) if "posterior" in about else ()), HOLM))
    shown = Part("What changes", (), (compared_exhibit("comparison", "", main),), method=method)
    return Board(
        question=f"{_listed(names)}: what fits {about['scenario_name']} best?",
        kicker=f"{about['scenario_name']}, {len(names)} scenarios, {found.replications:,} replications",
        answer=tuple(three_sentences(found)),
        shown=(shown,),
        costs=tuple(cost_sentences(found)) or ("The result holds no figure of costs.",),
        sure=_sure(document),
        change=(*change_sentences(found), ANOTHER_FIRM),
        moved=moved_by(document["rows"]),
        again=again_lines(compare_command(document), REPLAYED),
        further=(Part("Other outcomes", (), further),) if further else (),
    )


def _listed(names: list[str], most: int = 4) -> str:
    if len(names) > most:
        return f"{names[0]}, or one of {len(names) - 1} changes"
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def frame_of(rows: list[dict[str, Any]], baseline: str) -> pd.DataFrame:
    """Rows of a comparison as the pictures take them, the baseline called one."""
    frame = pd.DataFrame(rows)
    own = frame["scenario"] == baseline
    return frame.assign(
        point_id=frame["scenario"], group="", caution="", verdict=frame["verdict"].mask(own, BASELINE)
    ).sort_values("outcome", key=_place, kind="stable")


def _place(names: Any) -> Any:
    order = {name: place for place, name in enumerate([*ASKED, *(n for n in BY_NAME if n not in ASKED)])}
    return names.map(order)


def moved_by(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Types and interventions of a comparison, in their order."""
    types = [str(row["relationship"]) for row in rows]
    uses = [str(use["name"]) for row in rows for use in row["interventions"]]
    return tuple(dict.fromkeys([*types, *uses]))


def _judged(labels: list[str], verdict: str) -> str:
    return f"{enumerate_words(labels)} {'is' if len(labels) == 1 else 'are'} {verdict}"


def _sure(document: Document) -> tuple[str, ...]:
    """Verdicts counted, and which part of the uncertainty is luck."""
    found = compared(document)
    told = []
    for name in ASKED:
        effects = found.effects.get(name, [])
        verdicts = list(dict.fromkeys(one.verdict for one in effects))
        said = [_judged([one.label for one in effects if one.verdict == verdict], verdict) for verdict in verdicts]
        if said:
            told.append(f"{BY_NAME[name].label}: {'; '.join(said)}.")
    share = tell_parts_of_uncertainty(found.effects.get(ASKED[0], []))
    return (*told, *((share,) if share else ()), "Verdicts are adjusted for the number of scenarios (Holm), at 5 %.")
