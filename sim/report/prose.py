"""Words made from a study's numbers: sentences for people, with no claim that the numbers do not make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.rare import equal_words
from sim.analysis.study import NO_FIGURE, Effect, Study, overlap
from sim.domain.shown import CALENDAR_DAYS_PER_WORKING_DAY


@dataclass(frozen=True, slots=True)
class Wording:
    """How to speak of an outcome: heading, subject of a sentence, words for more and less, kind of number."""

    title: str
    subject: str
    is_plural: bool
    more: str
    less: str
    kind: str
    per: str = ""

    @property
    def verb(self) -> str:
        """The form of *to be* that goes with the subject."""
        return "are" if self.is_plural else "is"

    @property
    def pronoun(self) -> str:
        """The pronoun that stands for the subject."""
        return "they" if self.is_plural else "it"


WORDINGS = {
    "bookings_new": Wording("New bookings", "new bookings", True, "higher", "lower", "money", " a year"),
    "cycle_days": Wording("Median cycle time", "the median sales cycle", False, "longer", "shorter", "days"),
    "conflict_per_100": Wording(
        "Disputes per 100 hand-offs", "disputes per 100 hand-offs", True, "more frequent", "rarer", "count"
    ),
    "profit": Wording("Profit", "profit", False, "higher", "lower", "money", " a year"),
    "retention": Wording("Retention", "the share of contracts renewed", False, "higher", "lower", "share"),
    "followup_rate": Wording("Hand-offs followed up", "the follow-up rate", False, "higher", "lower", "share"),
    "acceptance_rate": Wording("Hand-offs accepted", "the acceptance rate", False, "higher", "lower", "share"),
    "win_rate": Wording("Win rate", "the win rate", False, "higher", "lower", "share"),
    "trust": Wording("Trust (0 to 1)", "trust", False, "higher", "lower", "score"),
    "coordination_hours": Wording(
        "Coordination hours per person and week", "coordination time", False, "longer", "shorter", "hours"
    ),
}
KINDS = {
    "money": (1, " c.u."),
    "days": (1, " days"),
    "working days": (1, " days"),
    "count": (1, ""),
    "share": (1, " %"),
    "score": (2, ""),
    "hours": (2, " hours"),
}
"""Decimals and unit by kind of number."""

TOLD = ("bookings_new", "profit", "retention", "cycle_days", "conflict_per_100")
"""Outcomes that the paragraphs tell, in their order."""
MOST_NAMED, NAMED_OF_MANY = 6, 4
"""So many scenarios are all named in a sentence; of more, only the first few."""

SMALL_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
NOUNS = {
    "relationships": "relationship types",
    "interventions": "single interventions",
}


def wording(outcome: str, unit: str = "") -> Wording:
    """Wording of an outcome; one that is not in `WORDINGS` is spoken of by its name, its kind guessed by its unit."""
    if outcome in WORDINGS:
        return WORDINGS[outcome]
    kinds = {"c.u.": "money", "c.u./year": "money", "share": "share", "fraction": "share", "d": "working days"}
    kind = kinds.get(unit, "days" if "days" in unit else "hours" if "hours" in unit else "score")
    words = outcome.replace("_", " ")
    return Wording(words.capitalize(), words, False, "higher", "lower", kind, " a year" if unit == "c.u./year" else "")


# --- numbers ----------------------------------------------------------------------------------------------


def spell(count: int) -> str:
    """A count in words up to twelve, in digits above.

    Examples
    --------
    >>> spell(3), spell(40)
    ('three', '40')
    """
    return SMALL_NUMBERS[count] if 0 <= count < len(SMALL_NUMBERS) else str(count)


def decimal(value: float, digits: int, is_signed: bool = False) -> str:
    """A number with thousands separators, a true minus and no sign on zero.

    Examples
    --------
    >>> decimal(-0.04, 1, True), decimal(-8.13, 1), decimal(1674.0, 0, True)
    ('0.0', '−8.1', '+1,674')
    """
    return true_minus(f"{value:{'+' if is_signed else ''},.{digits}f}")


def true_minus(text: str) -> str:
    """A number as text, with a true minus, and without one before zero.

    Examples
    --------
    >>> true_minus("-0.25"), true_minus("-0.00"), true_minus("3.1")
    ('−0.25', '0.00', '3.1')
    """
    if not text.strip("+-0.,"):
        return text.lstrip("+-")
    return text.replace("-", "−")


def scaled(value: float, kind: str) -> tuple[float, int, str]:
    """Factor, decimals and unit in which a number of this size and kind is read most easily."""
    digits, unit = KINDS[kind]
    if kind == "share":
        return 100.0, digits, unit
    if kind == "working days":
        return CALENDAR_DAYS_PER_WORKING_DAY, digits, unit
    if kind == "money" and abs(value) >= 1e6:
        return 1e-6, digits, " million" + unit
    return 1.0, 0 if kind == "money" else digits, unit


def amount(value: float | None, kind: str) -> str:
    """A level in words: money in millions, calendar days with one decimal, shares in percent; a dash for none.

    Examples
    --------
    >>> amount(5.0, "working days")
    '7.0 days'
    >>> amount(22.41e6, "money"), amount(71.62, "days"), amount(0.284, "share"), amount(None, "days")
    ('22.4 million c.u.', '71.6 days', '28.4 %', '–')
    """
    if value is None:
        return "–"
    factor, digits, unit = scaled(value, kind)
    return decimal(value * factor, digits) + unit


def change(effect: Effect, kind: str) -> str:
    """A paired difference with its interval, in the unit of the outcome; shares in percentage points.

    Millions have one decimal more than the level beside them, so that small differences stay visible.
    """
    if effect.difference is None:
        return "–"
    factor, digits, unit = scaled(effect.baseline_mean or effect.difference, kind)
    digits += factor < 1
    unit = " points" if kind == "share" else unit
    told = f" (equal in all {effect.replications:,})" if effect.verdict == "equal" and effect.replications > 1 else ""
    ends = interval(effect.low, effect.high, factor, digits) or told
    return decimal(effect.difference * factor, digits, True) + unit + ends


def interval(low: float | None, high: float | None, factor: float = 1.0, digits: int = 1, unit: str = "") -> str:
    """Ends of an interval in brackets after a blank; nothing if an end is missing."""
    if low is None or high is None:
        return ""
    return f" ({decimal(low * factor, digits, True)} to {decimal(high * factor, digits, True)}{unit})"


def percent(effect: Effect) -> str:
    """The relative difference with its interval: ``+3.2 % (+2.5 to +3.9 %)``; a dash for none.

    From 200 % on there are no decimals.
    """
    if effect.relative is None:
        return "–"
    digits = 1 if abs(effect.relative) < 2 else 0
    ends = interval(effect.relative_low, effect.relative_high, 100.0, digits, " %")
    return decimal(100 * effect.relative, digits, True) + " %" + ends


def gain(effect: Effect, kind: str) -> str:
    """The difference as people say it: in percent, shares in points, without a percentage in the unit."""
    return change(effect, kind) if effect.relative is None or kind == "share" else percent(effect)


# --- phrases ----------------------------------------------------------------------------------------------


def enumerate_words(words: Sequence[str], mark: str = ",") -> str:
    """Join words with commas (or semicolons) and *and*.

    Examples
    --------
    >>> enumerate_words(["A", "B", "C"]), enumerate_words(["A", "B"], ";"), enumerate_words(["A"])
    ('A, B and C', 'A; and B', 'A')
    """
    if len(words) < 2:
        return "".join(words)
    last = f"{mark} and " if mark == ";" else " and "
    return f"{mark} ".join(words[:-1]) + last + words[-1]


def first_few(words: Sequence[str]) -> list[str]:
    """The words as they are; of many, the first few and how many more there are.

    Examples
    --------
    >>> first_few(list("ABCDEFGH"))
    ['A', 'B', 'C', 'D', 'four more']
    """
    if len(words) <= MOST_NAMED:
        return list(words)
    return [*words[:NAMED_OF_MANY], f"{spell(len(words) - NAMED_OF_MANY)} more"]


def names(effects: Sequence[Effect]) -> str:
    """The labels of some effects, enumerated; of many, the first few."""
    return enumerate_words(first_few([effect.label for effect in effects]))


def how_many(some: int, of_all: int, noun: str = "") -> str:
    """Some of all the scenarios compared (two or more), in words.

    Examples
    --------
    >>> how_many(2, 3, "types"), how_many(2, 2, "types"), how_many(4, 4)
    ('two of the three types', 'both types', 'all four')
    """
    known = f" {noun}" if noun else ""
    if some < of_all:
        return f"{spell(some)} of the {spell(of_all)}{known}"
    return f"both{known}" if of_all == 2 else f"all {spell(of_all)}{known}"


def capital(text: str) -> str:
    """The text with a capital first letter, the rest unchanged."""
    return text[:1].upper() + text[1:]


def sized(effects: Sequence[Effect]) -> list[Effect]:
    """Effects from the largest to the smallest difference, whichever its sign."""
    return sorted(effects, key=lambda effect: -abs(effect.difference or 0.0))


def level_of(study: Study) -> str:
    """The intervals' level in words: ``95 %``."""
    levels = study.rows["ci_level"].dropna()
    return f"{100 * float(levels.iloc[0]) if len(levels) else 95:.4g} %"


def replications_of(effects: Sequence[Effect]) -> str:
    """Number of paired replications in words, a range if it differs between effects."""
    least = min((effect.replications for effect in effects), default=0)
    most = max((effect.replications for effect in effects), default=0)
    if least == most == 1:
        return "1 replication"
    return f"{least:,} replications" if least == most else f"{least:,} to {most:,} replications"


# --- sentences --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Topic:
    """One outcome in one family: what the sentences below speak about.

    The outcome told ``in_full`` comes first; its sentences name the ``noun`` that the later ones leave out.
    """

    effects: list[Effect]
    words: Wording
    noun: str
    baseline: str
    in_full: bool

    def some(self, group: Sequence[Effect], is_first: bool) -> str:
        """How many of all, and which if not all or only one; with the noun when it is first spoken of."""
        of_all, many = len(self.effects), len(group)
        if of_all == 1:
            return group[0].label
        told = how_many(many, of_all, self.noun if is_first and self.in_full else "")
        if many == 1:
            return f"{told}, {group[0].label}"
        return told if self.in_full or many == of_all else f"{told} ({names(group)})"

    def level(self) -> str:
        """The subject with the baseline's level in brackets."""
        base = next((effect.baseline_mean for effect in self.effects if effect.baseline_mean is not None), None)
        known = "" if base is None else f" ({amount(base, self.words.kind)}{self.words.per} with {self.baseline})"
        return self.words.subject + known

    def with_verdict(self, verdict: str) -> list[Effect]:
        """Effects with one verdict, best first."""
        return [effect for effect in self.effects if effect.verdict == verdict]


def tell_outcome(topic: Topic) -> list[str]:
    """Sentences on one outcome: what is better, worse, different, equal, not distinguishable, without a figure.

    Parameters
    ----------
    topic : Topic
        With at least one effect.

    Returns
    -------
    list of str
        The first sentence names the outcome and the baseline's level, the others go on from it.
    """
    sentences: list[str] = []
    for verdict in ("better", "worse", "different"):
        found = topic.with_verdict(verdict)
        for group in ([e for e in found if (e.difference or 0) > 0], [e for e in found if (e.difference or 0) <= 0]):
            if group:
                sentences.append(tell_shift(topic, group, is_first=not sentences))
                sentences += tell_order(topic, group)
    if equal := topic.with_verdict("equal"):
        sentences.append(tell_equal(topic, equal, is_first=not sentences))
    if unclear := topic.with_verdict("not distinguishable"):
        sentences.append(tell_unclear(topic, unclear, is_first=not sentences))
    if missing := topic.with_verdict(NO_FIGURE):
        about = "" if sentences else f" on {topic.words.subject}"
        sentences.append(f"For {names(missing)} there is no figure{about}.")
    return sentences


def tell_equal(topic: Topic, equal: list[Effect], is_first: bool) -> str:
    """Say that nothing differed in any replication, and how many may differ all the same."""
    about, n = topic.level() if is_first else topic.words.pronoun, min(effect.replications for effect in equal)
    same = f"with {names(equal)}, {about} {topic.words.verb} exactly the same as with {topic.baseline}"
    return f"{capital(same)} {equal_words(n)}."


def tell_shift(topic: Topic, group: list[Effect], is_first: bool) -> str:
    """Say that an outcome is higher or lower with a group of scenarios of one verdict and sign."""
    words, ordered = topic.words, sized(group)
    top, rest = ordered[0], ordered[1:]
    way = words.more if (top.difference or 0.0) > 0 else words.less
    way += ", and so worse," if top.verdict == "worse" else ""
    about = topic.level() if is_first else words.pronoun
    sentence = f"{about} {words.verb} {way} with {topic.some(ordered, is_first)}"
    sentence += f", most with {top.label}" if rest else ""
    sentence += f": {amount(top.mean, words.kind)}{words.per}, {gain(top, words.kind)}"
    if rest and topic.in_full:
        others = first_few([f"{effect.label}, {gain(effect, words.kind)}" for effect in rest])
        sentence += "; then " + enumerate_words(others, ";")
    return capital(sentence) + "."


def tell_order(topic: Topic, group: list[Effect]) -> list[str]:
    """Say, in full accounts, that the order of the two best is open if their intervals overlap."""
    if not topic.in_full or len(group) < 2 or group[0].verdict != "better" or not overlap(group[0], group[1]):
        return []
    return [f"The intervals of {names(group[:2])} overlap, so which of the two is ahead is open."]


def tell_unclear(topic: Topic, unclear: list[Effect], is_first: bool) -> str:
    """Say that differences are not distinguishable from none."""
    many, of_all = len(unclear), len(topic.effects)
    listed = first_few([f"{effect.label}, {gain(effect, topic.words.kind)}" for effect in unclear])
    detail = enumerate_words(listed, ";") if topic.in_full else names(unclear)
    if many == of_all and is_first:
        noun = f" {topic.noun}" if topic.in_full else ""
        who = {1: f"{unclear[0].label} is not", 2: f"neither of the two{noun} is"}
        none = who.get(of_all, f"none of the {spell(of_all)}{noun} is")
        detail = gain(unclear[0], topic.words.kind) if of_all == 1 else detail
        shown = f": {detail}" if topic.in_full else ""
        return f"For {topic.level()}, {none} distinguishable from {topic.baseline}{shown}."
    if many > NAMED_OF_MANY and not topic.in_full and not is_first:
        return f"{capital(spell(many))} of the {spell(of_all)} are not distinguishable from {topic.baseline}."
    about = f" for {topic.level()}" if is_first else ""
    return f"Not distinguishable from {topic.baseline}{about}: {detail}."


def tell_unclear_why(effects: Sequence[Effect]) -> str:
    """Say what *not distinguishable* means, once per paragraph."""
    return (
        f"What is not distinguishable after {replications_of(effects)} is either small or hidden by luck; "
        "more replications would narrow the intervals."
    )


def tell_coordination(effects: Sequence[Effect], baseline: str) -> str:
    """Say how much time coordination takes, from the least to the most, beside the baseline."""
    known = sorted(effect.mean for effect in effects if effect.mean is not None)
    base = next((effect.baseline_mean for effect in effects if effect.baseline_mean is not None), None)
    if not known:
        return ""
    least, most = decimal(known[0], 2), decimal(known[-1], 2)
    hours = most if least == most else f"{least} to {most}"
    beside = "" if base is None else f", against {decimal(base, 2)} with {baseline}"
    return f"Coordination takes {hours} hours per person and week{beside}."


def tell_parts(study: Study, family: str) -> list[str]:
    """What there is to say on the relationship types or on the single interventions, a paragraph per outcome.

    Parameters
    ----------
    study : Study
        Read only here.
    family : str
        ``relationships`` or ``interventions``.

    Returns
    -------
    list of str
        New bookings in full, then profit, retention, cycle time, disputes and coordination time; not escaped.
    """
    parts: list[str] = []
    unclear: list[Effect] = []
    for outcome in TOLD:
        effects = study.effects(family, outcome)
        if effects:
            words = wording(outcome, effects[0].unit)
            topic = Topic(effects, words, NOUNS[family], study.baseline_label, in_full=outcome == TOLD[0])
            parts.append(" ".join(tell_outcome(topic)))
            unclear += topic.with_verdict("not distinguishable")
    if not parts:
        return [f"This study compares no {NOUNS[family]}."]
    parts.append(tell_coordination(study.effects(family, "coordination_hours"), study.baseline_label))
    parts.append(tell_unclear_why(unclear) if unclear else "")
    return [part for part in parts if part]


def tell_family(study: Study, family: str) -> str:
    """The paragraphs of `tell_parts` as one text."""
    return " ".join(tell_parts(study, family))


# --- the answer -------------------------------------------------------------------------------------------


def leader(study: Study, family: str) -> Effect | None:
    """The scenario of a family with the best new bookings, if that is distinguishable from the baseline."""
    better = [effect for effect in study.effects(family, "bookings_new") if effect.verdict == "better"]
    return better[0] if better else None


def tell_side_effects(study: Study, family: str, scenario: str) -> str:
    """Profit, cycle and disputes of the leading scenario in half a sentence, where they are better or worse."""
    good, bad = [], []
    for outcome, better, worse in (
        ("profit", "more profit", "less profit"),
        ("cycle_days", "a shorter sales cycle", "a longer sales cycle"),
        ("conflict_per_100", "fewer disputes", "more disputes"),
    ):
        for effect in study.effects(family, outcome):
            if effect.scenario == scenario:
                good += [better] if effect.verdict == "better" else []
                bad += [worse] if effect.verdict == "worse" else []
    with_good = f", with {enumerate_words(good)}" if good else ""
    return with_good + (f", but {'' if good else 'with '}{enumerate_words(bad)}" if bad else "")


def answer(study: Study) -> str:
    """The study in one sentence: what raises new bookings most, and by how much.

    Examples of its forms: one or two relationship types ahead, only an intervention, nothing at all.
    """
    first, single = leader(study, "relationships"), leader(study, "interventions")
    if first is None and single is None:
        return f"Nothing compared here raises new bookings distinguishably above {study.baseline_label}."
    if first is None and single is not None:
        text = f"{single.label} raises new bookings by {gain(single, 'money').lstrip('+')}"
        text += tell_side_effects(study, "interventions", single.scenario)
        types = study.effects("relationships", "bookings_new")
        return text + (f"; no relationship type is distinguishably above {study.baseline_label}." if types else ".")
    assert first is not None
    rivals = [e for e in study.effects("relationships", "bookings_new") if e.verdict == "better" and overlap(first, e)]
    close = f" (closely followed by {rivals[1].label})" if len(rivals) > 1 else ""
    many = len(study.effects("relationships", "bookings_new"))
    most = "raises new bookings most" if many > 1 else "raises new bookings"
    text = f"Compared with {study.baseline_label}, {first.label}{close} {most}: {gain(first, 'money')}"
    text += tell_side_effects(study, "relationships", first.scenario)
    strongest = "" if single is None else f"; the strongest single step is {single.label}, {gain(single, 'money')}"
    return f"{text}{strongest}."


# --- what the pictures show -------------------------------------------------------------------------------


def describe_effects(study: Study) -> str:
    """What the difference plot shows, for those who cannot see it."""
    found = [effect for family in NOUNS for effect in study.effects(family, "bookings_new")]
    listed = enumerate_words([f"{effect.label} {gain(effect, 'money')}, {effect.verdict}" for effect in found], ";")
    start = f"Dot plot of differences from {study.baseline_label} with {level_of(study)} intervals. "
    return start + (f"New bookings: {listed}." if listed else "No new bookings are compared.")


def describe_funnel(study: Study) -> str:
    """What the funnel's bars show, for those who cannot see them."""
    parts = []
    for scenario, label in study.pictured():
        counts = [count for count in study.funnel_counts(scenario) if count is not None]
        if counts:
            parts.append(f"{label} " + ", ".join(decimal(count, 0) for count in counts))
    return "Bars of leads a year from leads in to won from marketing leads: " + "; ".join(parts) + "."


def describe_courses(study: Study) -> str:
    """What the lines over time show, for those who cannot see them."""
    ends = [f"{band.label} {band.last_mean:.2f}" for band in study.bands("trust")]
    return "Lines of trust over time with 5 to 95 percent bands; at the end: " + ", ".join(ends) + "."
