"""The reference leaves nothing out."""

from __future__ import annotations

import re

import pytest

import sim
from docs import reference_pages, tables
from sim.domain.outcomes import OUTCOMES
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import RULES
from sim.domain.vocabulary import PURPOSES
from sim.ensemble.schema import RESULTS
from sim.spec.catalogue import interventions, markets, organizations, relationships, shocks
from sim.spec.schema import KINDS

REFERENCE = tables.DOCS / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sim.__all__)
def test_every_public_name_is_in_the_python_reference(name: str) -> None:
    assert re.search(rf"^\.\. auto(?:class|function):: sim\.{name}$", page("python"), flags=re.MULTILINE)


def test_every_command_and_every_option_is_in_the_reference() -> None:
    text = page("commands")
    found = list(reference_pages.all_commands())
    assert len(found) > 20
    for name, command in found:
        part = text.split(f"## {name}\n")[1].split("\n## ")[0]
        for each in command.params:
            for option in () if each.hidden else each.opts if each.param_type_name == "option" else ():
                assert f"`{option}`" in part, f"{name} {option}"


@pytest.mark.parametrize(
    ("part", "names"),
    {
        "Relationship types": set(relationships()),
        "Interventions": set(interventions()),
        "Shocks": set(shocks()),
        "Organizations": set(organizations()),
        "Markets": set(markets()),
        "Practices": set(PRACTICES),
        "Outcomes": {outcome.name for outcome in OUTCOMES},
        "Parameters": {rule.name for rule in RULES},
        "Purposes of luck": {name.replace("_", " ") for name in PURPOSES.values()},
    }.items(),
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_every_entry_of_the_catalogue_is_in_the_reference(part: str, names: set[str]) -> None:
    text = page("catalogue").split(f"## {part}\n")[1].split("\n## ")[0]
    words = set(re.findall(r"\| `?([\w ]+?)`? (?=\|)|\*\*(\w+)\*\*", text))
    assert names
    assert names <= {word for pair in words for word in pair}


def test_every_schema_is_in_the_reference() -> None:
    assert re.findall(r"^## (\w+)$", page("schemas"), flags=re.MULTILINE) == [*KINDS, *RESULTS]
