"""Write what the documentation takes from the code: tables of docs/odd.md and others, docs/seed-coverage.md, schemas.

The tables of docs/performance.md come from docs/performance.json, which ``make bench ARGS=--docs`` writes.

Run ``make docs`` or ``python docs/tables.py``; tests compare. A table stands between ``<!-- table: NAME -->`` and
``<!-- end -->``; all other text is written by hand. Nothing of the product imports this file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from docs import reference_pages
from sim.calibrate.findings import KINDS as KINDS_OF_FINDINGS
from sim.calibrate.findings import WEIGHTS
from sim.domain import records
from sim.domain.outcomes import OUTCOMES
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import RULES
from sim.domain.tables import Field
from sim.domain.vocabulary import PURPOSES
from sim.ensemble.schema import RESULTS, schema_of
from sim.explain.attribution_groups import MECHANISM_GROUPS, PRACTICE_GROUPS
from sim.report.citation import citation_file
from sim.spec.catalogue import interventions, markets, organizations, relationships, shocks
from sim.spec.scenario import SEGMENTS, SOURCES, Scenario
from sim.spec.schema import KINDS

DOCS = Path(__file__).parent
CITATION = DOCS.parent / "CITATION.cff"
MARK = re.compile(r"<!-- table: (?P<name>[\w ]+) -->\n.*?<!-- end -->", re.DOTALL)

#: Whose luck a purpose is (classes of keys) and what its occurrence counts.
ASKED = """
marketer            | 1, 2    | 0
segment             | 1–3     | 0
source              | 1       | 0
fit                 | 0–3     | 0
value               | 0–3     | 0
tempo               | 1–3     | 0
due                 | 1, 2    | 0
score               | 1, 2    | times recycled
recycle             | 1, 2    | times recycled
assign              | 1, 2    | 0
keep_own            | 1, 2    | 0
read                | 1, 2    | 0
work_it             | 1, 2    | 0
second_look         | 1, 2    | 0
reroute             | 1, 2    | 0
reroute_pick        | 1, 2    | 0, 1: the two reps
work_it_rerouted    | 1, 2    | 0
accept              | 1, 2    | 0
product             | 1–3     | 0
report              | 1, 2    | 0 contact, 1 closing, 2 + renewals so far
touch               | 1–3     | touch
says_yes            | 1–3     | touch
renews              | 0–3     | renewals so far
supporting_marketer | 3       | 0
dispute             | 1–3, 5  | kind
functional          | 1–3, 5  | kind
escalated           | 1–3, 5  | kind
skill               | 4       | 0
pace                | 4       | 0
habit               | 4       | 0
inbox_habit         | 4       | 0
open_inbox          | 4       | day
leave               | 4       | month
arrivals            | 6 (rest 0) | day
level               | 6 (week)   | 0
pair_marketer       | 5       | 0
pair_rep            | 5       | 0
prospect            | 3       | 0
renewal_day         | 0       | 0
blame_content       | 5       | 0
tenure              | 4       | 0
mistake             | 6 (month)  | 0 targeting, 1 price, 2 product
customer_age        | 0       | 0
leave_by_shock      | 4       | day
"""


def asked() -> dict[str, tuple[str, str]]:
    """Classes of keys and meaning of the occurrence by purpose."""
    rows = [[cell.strip() for cell in line.split("|")] for line in ASKED.strip().splitlines()]
    return {name: (key, occurrence) for name, key, occurrence in rows}


# --- Tables -----------------------------------------------------------------------------------------------------------


def table(head: str, rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; the head names its columns, divided by bars."""
    columns = [cell.strip() for cell in head.split("|")]
    lines = [columns, ["---"] * len(columns), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.15g}".replace("-", "−") if isinstance(value, int | float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _span(low: float, high: float) -> str:
    return f"{_cell(low)} to {_cell(high)}"


def parameters() -> str:
    """Every parameter by section."""
    parts = []
    for section in dict.fromkeys(rule.section for rule in RULES):
        rows = [
            (f"`{r.name}`", r.default, r.unit, _span(r.low, r.high), r.source, r.meaning)
            for r in RULES
            if r.section == section
        ]
        parts.append(f"**{section}**\n\n" + table("parameter | default | unit | range | source | meaning", rows))
    return "\n\n".join(parts)


def practices() -> str:
    """Every practice."""
    rows = [
        (f"`{p.name}`", p.unit, _span(p.low, p.high), p.scale if p.is_paced else "not paced", p.meaning)
        for p in PRACTICES.values()
    ]
    return table("practice | unit | range | full step | meaning", rows)


def bundles() -> str:
    """Levels of every practice under every relationship type."""
    types = relationships()
    rows = [(f"`{name}`", *(entry.levels[name] for entry in types.values())) for name in PRACTICES]
    sources = "; ".join(f"{name}: {entry.evidence}" for name, entry in types.items())
    return table(" | ".join(["practice", *types]), rows) + f"\n\nWhat the levels rest on: {sources}."


def levers() -> str:
    """Every intervention."""
    return _actions(interventions())


def events() -> str:
    """Every shock."""
    return _actions(shocks())


def _actions(entries: dict[str, Any]) -> str:
    rows = []
    for name, entry in entries.items():
        sets = ", ".join(f"`{practice}` {_cell(level)}" for practice, level in entry.practices.items())
        cost = _cost(entry)
        dose = f"{_cell(entry.default_dose)} {entry.unit}"
        rows.append((f"`{name}`", entry.description, dose, sets, entry.ramp_days, cost, entry.evidence))
    return table("name | what it is | usual dose | sets | ramp, days | one-off, c.u. | rests on", rows)


def _cost(entry: Any) -> str:
    parts = [_cell(entry.one_off)] if entry.one_off else []
    parts += [f"{_cell(entry.one_off_per_person)} a person"] if entry.one_off_per_person else []
    return " + ".join(parts) or "0"


def organization_presets() -> str:
    """People of every organization preset."""
    presets = organizations()
    paths = list(dict.fromkeys(path for preset in presets.values() for path in preset.givens))
    rows = []
    for path in paths:
        default = _default(path)
        values = [preset.givens[path].value if path in preset.givens else default for preset in presets.values()]
        rows.append((f"`{path}`", *values))
    return table(" | ".join(["value", *presets]), rows)


def _default(path: str) -> Any:
    section, name = path.split(".")
    return getattr(getattr(Scenario(), section), name)


def market_presets() -> str:
    """Every value of every market preset with its source."""
    parts = []
    for name, preset in markets().items():
        rows = [(f"`{path}`", _brief(given.value), given.source) for path, given in preset.givens.items()]
        parts.append(f"**{name}**: {preset.description}\n\n" + table("value | set to | rests on", rows))
    return "\n\n".join(parts)


def _brief(value: Any) -> str:
    """A value on one line; rows of a table in words."""
    if not isinstance(value, list):
        return _cell(value)
    return "; ".join(" ".join(map(_cell, row.values())) if isinstance(row, dict) else _cell(row) for row in value)


def sources() -> str:
    """The default sources of inquiries."""
    return table("source | share | fit shift, logit", [(row.name, row.share, row.fit_shift) for row in SOURCES])


def segments() -> str:
    """The default segments of accounts."""
    rows = [(row.name, row.share, row.value_factor, row.pace_factor) for row in SEGMENTS]
    return table("segment | share | value factor | pace factor", rows)


def state(fields: tuple[Field, ...]) -> str:
    """Fields of a record."""
    rows = [(f"`{field.name}`", field.kind, field.unit, field.meaning) for field in fields]
    return table("field | kind | unit | meaning", rows)


def state_variables() -> str:
    """Every record of the state."""
    kinds = {name.removesuffix("_FIELDS"): getattr(records, name) for name in dir(records) if name.endswith("_FIELDS")}
    return "\n\n".join(f"**{name.lower().replace('_', ' ')}**\n\n{state(fields)}" for name, fields in kinds.items())


def outcomes() -> str:
    """Every outcome."""
    rows = [(f"`{o.name}`", o.label, o.unit, o.better or "–", o.meaning) for o in OUTCOMES]
    return table("outcome | label | unit | better | definition", rows)


def purposes() -> str:
    """Every purpose of chance."""
    known = asked()
    rows = [(str(n), name.replace("_", " "), *known.get(name, ("–", "–"))) for n, name in sorted(PURPOSES.items())]
    return table("no. | purpose | key | occurrence", rows)


def findings() -> str:
    """Every kind of finding in an export."""
    kinds = sorted(KINDS_OF_FINDINGS.values(), key=lambda kind: WEIGHTS.index(kind.weight))
    rows = [(kind.title, kind.weight, kind.effect, kind.mend) for kind in kinds]
    return table("finding | how much | what it does | what to do", rows)


TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameters,
    "practices": practices,
    "relationships": bundles,
    "interventions": levers,
    "shocks": events,
    "organizations": organization_presets,
    "markets": market_presets,
    "sources": sources,
    "segments": segments,
    "state": state_variables,
    "outcomes": outcomes,
    "purposes": purposes,
}


def groups_of_mechanisms() -> str:
    """What an effect may be split into by mechanisms."""
    rows = [
        (f"`{name}`", group.meaning, ", ".join(f"`{switch}`" for switch in group.names))
        for name, group in MECHANISM_GROUPS.items()
    ]
    return table("name | what works in this way | switches", rows)


def groups_of_practices() -> str:
    """What an effect may be split into by practices."""
    rows = [
        (f"`{name}`", group.meaning, ", ".join(f"`{practice}`" for practice in group.names))
        for name, group in PRACTICE_GROUPS.items()
    ]
    return table("name | what people do | practices", rows)


def attribution_filled(text: str) -> str:
    """The page on attributions with its tables."""
    made = {"mechanisms": groups_of_mechanisms, "practices": groups_of_practices}
    return _filled(text, lambda name: made[name]())


def filled(text: str) -> str:
    """Text whose tables between marks are those of the code.

    Raises
    ------
    KeyError
        If a mark names a table that does not exist.
    """
    return _filled(text, lambda name: TABLES[name]())


def performance_filled(text: str) -> str:
    """Text whose tables between marks are those of the last measurement that was taken over."""
    from benchmarks import results
    from benchmarks.show import markdown

    parts = results.read(results.SHOWN)
    return _filled(text, lambda name: markdown(name, parts))


def findings_filled(text: str) -> str:
    """Text with the table of findings between its marks."""
    return _filled(text, lambda _: findings())


def _filled(text: str, table_of: Callable[[str], str]) -> str:
    return MARK.sub(lambda m: f"<!-- table: {m['name']} -->\n{table_of(m['name'])}\n<!-- end -->", text)


# --- Files ------------------------------------------------------------------------------------------------------------

_COVERAGE = """\
# What practitioners say, and where the model holds it

Five texts by practitioners started this project: 000 four relationships and five bridges between marketing and sales;
001 learning together and closing the loop; 002 five actions and the hand-off; 003 economic and cultural strain, and the
size of the firm; 004 distributors, backing from the top, and guarded data. Each row is a claim in our own words, the
behaviours that hold it (files and functions in `sim/behaviours`), and its tests (`tests/seed_claims.py`, run by
`tests/property/test_seed_claims.py`): a lever must move an outcome in the claimed direction (16 replications on common
luck, t at least 5), and must no longer do so once the mechanism is switched off on both sides. That a claim holds in
the model does not make it true: see [evidence.md](evidence.md).

This page is written by `make docs`.

"""


def seed_coverage_text() -> str:
    """The page on the claims and the tests that hold them."""
    from tests.seed_claims import CHECKS, CLAIMS

    by_name = {check.name: check for check in CHECKS}
    claims = [
        (
            claim.source,
            claim.words,
            ", ".join(f"`{name}`" for name in claim.behaviours),
            "; ".join(claim.checks),
        )
        for claim in CLAIMS
    ]
    checks = [
        (c.name, _sets(c.change), f"`{c.outcome}` {'up' if c.sign > 0 else 'down'}", _sets(c.off))
        for c in by_name.values()
    ]
    return (
        _COVERAGE
        + table("text | claim | behaviours | tests", claims)
        + "\n\n## The tests\n\n"
        + table("test | lever | what follows | gone with", checks)
        + "\n"
    )


def _sets(values: dict[str, Any]) -> str:
    return ", ".join(f"`{path.split('.')[-1]}` {_given(value)}" for path, value in values.items())


def _given(value: Any) -> str:
    return ("none" if not value else "a list") if isinstance(value, list) else _cell(value)


def calibration_filled(text: str) -> str:
    """docs/calibration.md with its tables of what was measured."""
    made = {"forecast scores": _forecast_scores, "forecasts": _forecasts, "recovery": _recovery}
    return MARK.sub(lambda m: f"<!-- table: {m['name']} -->\n{made[m['name']]()}\n<!-- end -->", text)


def _measured(name: str) -> Any:
    return json.loads((DOCS / f"{name}.json").read_text(encoding="utf-8"))


def _forecast_scores() -> str:
    found = _measured("forecasts")
    rows = [
        (
            row["export"],
            row["forecast"],
            f"{round(row['inside'] * row['targets'])} of {row['targets']} ({100 * row['inside']:.0f} %)",
            f"{row['score']:.2f}",
        )
        for row in found["scores"]
    ]
    said = f"Banks of {found['bank']:,} firms, seed {found['seed']}, results version {found['results_version']}."
    return f"{table('export | forecast | inside | score', rows)}\n\n{said}"


def _forecasts() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    names: dict[str, None] = {}
    for row in _measured("forecasts")["forecast"]:
        digits = 0 if row["unit"] == "wins" else 1
        cells = rows.setdefault((row["export"], row["target"]), [f"{row['observed']:,.{digits}f}"])
        missed = "" if row["is_inside"] else " \\*"
        cells.append(f"{row['low']:,.{digits}f} to {row['high']:,.{digits}f}{missed}")
        names[row["forecast"]] = None
    lines = [(*place, *cells) for place, cells in rows.items()]
    return table(" | ".join(("export", "what", "came", *names)), lines) + "\n\n\\* missed. Times in days."


def _recovery() -> str:
    found = _measured("recovery")
    rows = [
        (row["parameter"], f"{100 * row['told']:.0f} %", row["verdict"], f"{100 * row['covered']:.1f} %")
        for row in found["table"]
    ]
    told = [row["covered"] for row in found["table"] if row["verdict"] == "told"]
    said = (
        f"{found['exports']} exports, a bank of {found['bank']:,}. Pooled over the {len(told)} parameters that are"
        f" told, 90 % intervals hold the truth in **{100 * sum(told) / len(told):.1f} %**."
    )
    return f"{said}\n\n{table('parameter | told | verdict | 90 % intervals hold it', rows)}"


def reference() -> dict[Path, str]:
    """The pages of the reference."""
    folder = DOCS / "reference"
    return {
        folder / "commands.md": reference_pages.commands(table),
        folder / "python.md": reference_pages.python(table),
        folder / "catalogue.md": reference_pages.catalogue(TABLES),
        folder / "tables.md": reference_pages.tables(table),
        folder / "schemas.md": reference_pages.schemas((*KINDS, *RESULTS), schema_of, table),
    }


def files() -> dict[Path, str]:
    """Every file that is written here, as it should be."""
    odd, performance, check = DOCS / "odd.md", DOCS / "performance.md", DOCS / "how-to" / "check-your-data.md"
    schemas = {
        DOCS / "schemas" / f"{kind}.schema.json": json.dumps(schema_of(kind), indent=1, ensure_ascii=False) + "\n"
        for kind in (*KINDS, *RESULTS)
    }
    calibration, attribute = DOCS / "calibration.md", DOCS / "how-to" / "attribute.md"
    return {
        calibration: calibration_filled(calibration.read_text(encoding="utf-8")),
        odd: filled(odd.read_text(encoding="utf-8")),
        attribute: attribution_filled(attribute.read_text(encoding="utf-8")),
        check: findings_filled(check.read_text(encoding="utf-8")),
        performance: performance_filled(performance.read_text(encoding="utf-8")),
        DOCS / "seed-coverage.md": seed_coverage_text(),
        **reference(),
        **schemas,
        CITATION: citation_file(),
    }


def write() -> None:
    """Write every file that is not as it should be, and say so."""
    for path, text in files().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    write()
