"""Spoilt inputs at every door: refused in plain words, or they work. The long run is `make fuzz`."""

from __future__ import annotations

import ast
import base64
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sim.domain.errors import InputError, Told
from tests.adversarial.doors import DOORS
from tests.adversarial.fuzz import SHARES, fault_of_message, outcome, plan_of
from tests.adversarial.mutations import spoilt, spoilt_bytes, spoilt_text, toml_of

CORPUS = Path(__file__).with_name("corpus")
#: Inputs of each door in the ordinary suite, from numbers that the long run does not reach.
FEW, FIRST = 12, 2_000_000
#: Doors that need a study or results to be made first.
SLOW = ("store", "result", "class", "export")


@pytest.mark.parametrize("door", [pytest.param(door, marks=pytest.mark.slow if door in SLOW else ()) for door in DOORS])
def test_a_few_spoilt_inputs_of_each_door_are_refused_plainly_or_work(door: str) -> None:
    for number in range(FIRST, FIRST + FEW):
        found = outcome(door, number, seconds=120.0)
        assert found["came"] != "fault", found


def test_every_door_has_its_share_of_the_long_run() -> None:
    assert SHARES.keys() == DOORS.keys()
    n_inputs = sum(len(numbers) for _, numbers in plan_of(100_000))
    assert n_inputs >= 100_000


def test_a_refusal_that_leaves_out_one_of_four_is_a_fault() -> None:
    whole = ("people.reps", "must be 1 or more", 0, "Give at least one.")
    assert fault_of_message(InputError(*whole)) == ""
    for place, left_out in ((1, "rule"), (3, "mend")):
        parts = [*whole]
        parts[place] = " "
        assert left_out in fault_of_message(InputError(*parts))  # type: ignore[arg-type]
    assert str(InputError(" ", *whole[1:])).startswith("' ': ")


def test_a_hang_and_a_traceback_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_luck: Random, _folder: Path) -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    monkeypatch.setitem(DOORS, "endless", endless)
    monkeypatch.setitem(DOORS, "broken", lambda _luck, _folder: {}["key"])
    assert outcome("endless", 0, seconds=0.2)["fault"] == "took more than 0.2 s"
    assert outcome("broken", 0)["fault"].startswith("KeyError")


def test_an_input_is_told_by_seed_door_and_number_alone(tmp_path: Path) -> None:
    assert spoilt(Random("x"), {"a": [1, "b"]}) == spoilt(Random("x"), {"a": [1, "b"]})
    assert spoilt_text(Random("x"), "text") == spoilt_text(Random("x"), "text")
    assert spoilt_bytes(Random("x"), b"text") == spoilt_bytes(Random("x"), b"text")
    assert {**outcome("words", 5), "seconds": 0, "peak": 0} == {**outcome("words", 5), "seconds": 0, "peak": 0}


def test_a_document_that_is_written_as_toml_is_read_as_it_was() -> None:
    import tomllib

    document = {"a b": {'"': [1, -0.5, True, "é\n\0", {}]}, "c": [], "d": {"e": {"f": "\\"}}}
    assert tomllib.loads(toml_of(document)) == document


# --- Inputs that once came through ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.json")), ids=lambda file: file.stem)
def test_an_input_that_once_got_through_is_refused_plainly(file: Path, tmp_path: Path) -> None:
    about = json.loads(file.read_text(encoding="utf-8"))
    if about["door"] == "message":
        from sim.app.messages import is_allowed

        assert not is_allowed(content_of(about).decode())
        return
    with pytest.raises(InputError) as refused:
        _opened(about, tmp_path)
    assert fault_of_message(refused.value) == ""


def content_of(about: dict[str, Any]) -> bytes:
    """Bytes of an input of the corpus: a text, repeated as often as it says, or base64."""
    if "base64" in about:
        return base64.b64decode(about["base64"])
    return (str(about["text"]) * int(about.get("times", 1)) + str(about.get("end", ""))).encode()


def _opened(about: dict[str, Any], folder: Path) -> Any:
    from sim.calibrate.answers import read_answers
    from sim.ensemble.replay import replay
    from sim.report.results import read_result, result_page
    from sim.spec.catalogue import load_scenario
    from sim.spec.posterior import read_posterior

    file = folder / about["file"]
    file.write_bytes(content_of(about))
    doors: dict[str, Any] = {
        "scenario": load_scenario,
        "answers": read_answers,
        "posterior": lambda path: read_posterior(path, load_scenario("micro")),
        "report": lambda path: result_page(read_result(path)[1]),
        "replay": replay,
    }
    return doors[about["door"]](file)


@pytest.mark.parametrize("odd", ["two\nlines = 5", "a.b", "with space", 'quo"te', "\x1b\x7f", "] #"])
def test_a_scenario_with_odd_names_and_sources_is_read_as_it_was_written(odd: str) -> None:
    import tomllib

    from sim.spec.catalogue import interventions, read_scenario, relationships
    from sim.spec.write import scenario_toml

    own = {"relationships": {odd: relationships()["aligned"].model_dump()}}
    own |= {"interventions": {odd: interventions()["liaison"].model_dump() | {"sources": {odd: odd}}}}
    content = {"name": odd, "run": {"days": 9}, "sources": {"run.days": odd}, "relationship": odd, "catalogue": own}
    scenario = read_scenario(content)
    assert read_scenario(tomllib.loads(scenario_toml(scenario))) == scenario


# --- Errors that cannot leave a part out ------------------------------------------------------------------------------


def test_no_refusal_of_the_product_leaves_out_value_or_mend() -> None:
    import sim

    for file in sorted(Path(next(iter(sim.__path__))).rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("InputError", "DamagedRecord"):
                given = len(call.args) + len(call.keywords)
                assert given == 4 or any(isinstance(each, ast.Starred) for each in call.args), f"{file}:{call.lineno}"
                mend = call.args[3] if len(call.args) > 3 else None
                assert not (isinstance(mend, ast.Constant) and mend.value == ""), f"{file}:{call.lineno}"


def test_what_came_is_shown_as_it_was_given_and_never_too_long() -> None:
    assert str(InputError("a", "must be", "x", "Mend.")) == "a: must be, got 'x'\nMend."
    assert str(InputError("a", "must be", None, "Mend.")) == "a: must be, got nothing\nMend."
    assert str(InputError("a", "must be", Told("an empty file"), "Mend.")) == "a: must be, got an empty file\nMend."
    assert len(str(InputError("a", "must be", "x" * 10**6, "Mend."))) < 300
    assert len(str(InputError("a", "must be", [1.5] * 10**5, "Mend."))) < 300
