"""The parts of a self-assessment's report: what people say, where the sides differ, what it says of practices."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from sim.analysis.assessment import THEMES
from sim.analysis.assessment_figures import draw_practices, draw_sides
from sim.calibrate.assessed import STRANGE, Assessment
from sim.calibrate.form import SIDES
from sim.calibrate.practice_prior import practice_draws
from sim.calibrate.privacy import FEWEST_PEOPLE
from sim.calibrate.scores import BOTH, told_privacy
from sim.domain.practices import BY_NAME as PRACTICES
from sim.report.prose import capital
from sim.report.study_parts import Exhibit, Part, Table, columns

#: How much answers tell of a practice, by the width that is left of what was open before.
TOLD = ((0.4, "well"), (0.7, "roughly"), (math.inf, "hardly"))
CONFLICT = (
    "Conflict stands in no customer system and in no public data. What is known of it here are answers, and what"
    " the firm itself says under disputes_per_100 or dispute_hours."
)
HOW = (
    "Simulated organizations with practices between the four types answer the same form, as many people with the same"
    " gaps; what goes with answers like these is shown (approximate Bayesian computation; Beaumont et al. 2002, Blum"
    " and François 2010, Fearnhead and Prangle 2012). How people's answers scatter is assumed; more people do not make"
    " the model itself surer."
)


def assessment_parts(found: Assessment) -> list[Part]:
    """All parts of the report of a self-assessment, in the order of a page."""
    parts = [_types(found), _sides(found), _practices(found), _limits(found)]
    return [part for part in parts if part is not None]


def summary(found: Assessment) -> list[str]:
    """A few sentences at the head: who answered, how the two sides score, which type is likeliest."""
    sentences = [_who(found)]
    if found.scores.is_shown:
        sentences += [_sums(found), _least(found)]
    if found.counts or found.has_conflict:
        sentences.append(_likeliest(found.types))
    if privacy := told_privacy(found.scores) if len(found.answers.respondents) else "":
        sentences.append(privacy)
    return [sentence for sentence in sentences if sentence]


def _who(found: Assessment) -> str:
    people = found.scores.people
    if not len(found.answers.respondents):
        return "Nobody answered; what follows rests on what the firm knows by hand alone."
    if BOTH in people:
        return f"{people[BOTH]} {'person' if people[BOTH] == 1 else 'people'} answered."
    return f"{people['marketing']} people in marketing and {people['sales']} in sales answered."


def _sums(found: Assessment) -> str:
    told = [f"{row['group']} {row['sum']:.0f} ({row['band']})" for row in found.scores.sums.to_dict("records")]
    text = f"Out of 100 (20 is the least): {' and '.join(told)}."
    clear = found.scores.gaps[found.scores.gaps["is_clear"]] if len(told) > 1 else None
    if clear is None:
        return text
    if clear.empty:
        return f"{text} No theme sets the two sides clearly apart."
    order = clear.reindex(clear["gap"].abs().sort_values(ascending=False).index)
    names = [
        f'"{row["theme"]}" ({"marketing" if row["gap"] > 0 else "sales"} sees more of it)'
        for row in order.head(3).to_dict("records")
    ]
    return f"{text} They differ most on {'; '.join(names)}."


def _least(found: Assessment, most: int = 3) -> str:
    """The themes that people see least of, all sides together."""
    means = found.scores.themes.groupby("theme", sort=False)["mean"].mean().dropna().sort_values(kind="stable")
    told = [f'"{name}" ({mean:.1f})' for name, mean in means.head(most).items()]
    return f"Of 1 to 5, they give least to {', '.join(told)}." if told else ""


def _likeliest(types: pd.Series[float]) -> str:
    order = types.sort_values(ascending=False)
    first, second = str(order.index[0]), str(order.index[1])
    if order.iloc[0] >= 0.9:
        return f"The practices behind such answers are most like the type '{first}' ({_percent(order.iloc[0])})."
    return (
        f"The practices behind such answers lie between types: nearest to '{first}' with {_percent(order.iloc[0])}, to"
        f" '{second}' with {_percent(order.iloc[1])}."
    )


def _percent(share: float) -> str:
    """A probability in whole percent, never sure.

    Examples
    --------
    >>> _percent(0.614), _percent(0.9999), _percent(0.0)
    ('61 %', 'over 99 %', 'under 1 %')
    """
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def _types(found: Assessment) -> Part | None:
    if not (found.counts or found.has_conflict):
        return None
    rows = tuple((capital(str(name)), _percent(share)) for name, share in found.types.items())
    table = Table(columns("Relationship type", "Probability"), (("", rows),))
    reading = ["A firm is seldom one type; these are the chances that its practices are nearest to each."]
    if found.inference.strangeness > STRANGE:
        reading.append(
            "Take them with care: hardly any simulated organization gives answers like these, so the model may not know"
            " a firm of this kind."
        )
    return Part("Which kind of relationship this is", (), (Exhibit("types", "", tuple(reading), table=table),))


def _sides(found: Assessment) -> Part | None:
    if not found.scores.is_shown:
        return None
    groups = list(found.scores.sums["group"])
    themes = {group: found.scores.themes[found.scores.themes["group"] == group] for group in groups}
    if groups == [BOTH]:
        rows = [_alone(row) for row in themes[BOTH].to_dict("records")]
        table = Table(columns("Theme", "Mean", "Spread"), (("", tuple(rows)),))
        return Part(
            "What people say", (), (Exhibit("themes", "", ("1 disagree strongly, 5 agree strongly.",), table=table),)
        )
    gaps = found.scores.gaps.to_dict("records")
    pairs = list(zip(*(themes[side].to_dict("records") for side in SIDES), gaps, strict=True))
    heads = {"Clearly apart": True, "Not clearly apart": False}
    parts = {
        head: tuple(_beside(*row) for row in pairs if row[2]["is_clear"] is is_clear)
        for head, is_clear in heads.items()
    }
    apart = tuple((head, rows) for head, rows in parts.items() if rows)
    table = Table(columns("Theme", "Marketing", "Sales", "Gap", "95 % interval"), apart)
    reading = (
        "1 disagree strongly, 5 agree strongly; ± is how far people of a side are apart (standard deviation).",
        "Gap: marketing less sales. Clearly apart: it would hardly come by chance, all twenty themes considered.",
    )
    draw = partial(draw_sides, found.scores.themes)
    caption = "Mean of each side, 1 to 5; themes in the order of the form. Spreads and intervals stand in the table."
    exhibit = Exhibit("sides", "", reading, caption, draw, table)
    return Part("What the two sides say", (), (exhibit,))


def _alone(row: dict[Any, Any]) -> tuple[str, ...]:
    return str(row["theme"]), _number(row["mean"]), _number(row["spread"])


def _beside(one: dict[Any, Any], other: dict[Any, Any], gap: dict[Any, Any]) -> tuple[str, ...]:
    scores = [
        f"{_number(row['mean'])} ± {_number(row['spread'])}" if _is_known(row["mean"]) else "–" for row in (one, other)
    ]
    if not _is_known(gap["gap"]):
        return str(one["theme"]), *scores, "–", "–"
    ends = f"{_signed(gap['low'])} to {_signed(gap['high'])}"
    return str(one["theme"]), *scores, _signed(gap["gap"]), ends


def _practices(found: Assessment) -> Part | None:
    if not (found.counts or found.has_conflict):
        return _widths(found)
    table = found.practices().sort_values("width", kind="stable")
    groups = []
    for rank, (most, word) in enumerate(TOLD):
        least = TOLD[rank - 1][0] if rank else 0.0
        rows = tuple(
            _practice(row) for row in table[table["width"].between(least, most, inclusive="left")].to_dict("records")
        )
        if rows:
            groups.append((f"{capital(word)} told", rows))
    reading = (
        "The middle value, and the range in which the practice lies nine times in ten.",
        "What is hardly told stays as open as it was: count it in the firm, and write it into the scenario.",
    )
    draw = partial(draw_practices, _scaled(table))
    caption = (
        "Each practice against what it may be at most in firms between the four types; numbers stand in the table."
    )
    shown = Table(
        columns("Practice", "Middle", "Nine in ten", "Unit", "What it is", words=["Unit", "What it is"]), tuple(groups)
    )
    return Part(
        "What the firm may practise", (), (Exhibit("practices", "", reading, caption, draw, shown),), method=HOW
    )


def _scaled(table: pd.DataFrame) -> pd.DataFrame:
    """Practices and what was open before, as shares of the most that was thought possible."""
    before = practice_draws(4000, seed=1)[[f"practices.{name}" for name in table["practice"]]]
    most = before.quantile(0.99).to_numpy()
    ends = {
        "before_low": before.quantile(0.05).to_numpy() / most,
        "before_high": before.quantile(0.95).to_numpy() / most,
    }
    shares = {name: table[name].to_numpy() / most for name in ("low", "median", "high")}
    return pd.DataFrame({"practice": table["practice"].str.replace("_", " "), **shares, **ends}, index=table.index)


def _practice(row: dict[Any, Any]) -> tuple[str, ...]:
    practice = PRACTICES[str(row["practice"])]
    middle, low, high = (_level(row[name]) for name in ("median", "low", "high"))
    return practice.name.replace("_", " "), middle, f"{low} to {high}", practice.unit, practice.meaning


def _widths(found: Assessment) -> Part | None:
    """How much answers could tell, where they may not be shown."""
    if not len(found.answers.respondents):
        return None
    left = 100 * float(found.inference.width.mean())
    sentence = (
        f"With five people or more, answers such as these would leave {left:.0f} % of the width that each practice has"
        " before anybody is asked, on average. Until then practices are drawn as if nobody had answered."
    )
    return Part("How much the answers could tell", (), (Exhibit("width", "", (sentence,)),))


def _limits(found: Assessment) -> Part:
    sentences = [CONFLICT]
    sentences += [f"{note}" for note in found.answers.notes]
    sentences.append(
        f"Scores are of a side, never of a person, and never of fewer than {FEWEST_PEOPLE} people; {len(THEMES)} themes"
        " follow the idea of Kotler, Rackham and Krishnaswamy (2006), the words are our own."
    )
    return Part("What this cannot tell", (), (Exhibit("limits", "", tuple(sentences)),))


def _is_known(value: object) -> bool:
    return isinstance(value, float | int) and not math.isnan(value)


def _number(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float | int) and not math.isnan(value) else "–"


def _signed(value: object) -> str:
    number = round(float(str(value)), 1) + 0.0
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number):.1f}"


def _level(value: object) -> str:
    return f"{float(str(value)):.2f}"
