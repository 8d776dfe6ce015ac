"""Every view is a link, and what somebody has tampered with is refused in words."""

from __future__ import annotations

import shlex

import pytest
from typer.testing import CliRunner

import sim
from sim.app.links import command_of, python_of, read_view, toml_of
from sim.app.live import Living
from sim.cli import app
from sim.domain.errors import InputError
from sim.ensemble.provenance import digest_of

LINK = "scenario=small&set=run.days=60&org=aligned+liaison=1@20&seed=7&day=30&speed=20"


def test_a_link_comes_back_as_it_was() -> None:
    view = read_view(LINK)
    assert read_view(view.query()) == view and view.query() == LINK
    assert read_view("").query() == "scenario=mid"


def test_link_command_python_and_toml_are_the_same_run(tmp_path) -> None:
    view = read_view(LINK)
    firm = Living(view.scenarios()[0], view.seed)
    firm.live(60)
    namespace: dict[str, object] = {}
    exec(python_of(view, "small").replace("; ", "\nresult = ", 1).replace(".table()", ""), namespace)
    assert namespace["result"].outcomes == firm.figures()
    file = tmp_path / "mine.toml"
    file.write_text(toml_of(view), encoding="utf-8")
    assert digest_of(sim.load_scenario(file), 7) == digest_of(view.scenarios()[0], 7)
    words = shlex.split(command_of(view, "small"))[1:]
    printed = CliRunner().invoke(app, [*words, "--format", "json"])
    import json

    assert json.loads(printed.stdout)["outcomes"] == firm.figures()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("scenario=/etc/passwd", "scenario"),
        ("scenario=../mid", "scenario"),
        ("scenario=my-../../x", "scenario"),
        ("scenario=my-nothing", "scenario"),
        ("seed=-1", "seed"),
        ("seed=99999999999999999999", "seed"),
        ("seed=1e3", "seed"),
        ("seed=٣", "seed"),
        ("speed=1000", "speed"),
        ("day=-3", "day"),
        ("org=married", "interventions"),
        ("org=liaison=9999", "interventions"),
        ("org=<script>alert(1)</script>", "interventions"),
        ("org=a&org=b&org=c&org=d&org=e", "org"),
        ("set=people.reps=100000", "people.reps"),
        ("set=run.days=9000", "run.days"),
        ("set=people.units=40", "people"),
        ("set=nonsense", "set"),
        ("x=" + "y" * 3000, "address"),
    ],
)
def test_a_tampered_address_is_refused_in_words(query: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        read_view(query)
    assert field in str(refused.value)


def test_what_an_address_says_of_others_is_left_to_them() -> None:
    assert read_view("room=ABCD&seed=4").seed == 4
