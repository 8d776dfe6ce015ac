"""What the speed of the compiled code rests on: one version of each function, and nothing counted or allocated."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import numba
import numpy as np
import pytest
from numba import types
from numba.extending import overload

import sim.behaviours
import sim.engine
from sim.behaviours.kernel import KERNEL_OPTIONS, OPTIONS
from sim.behaviours.pipeline import remembered_operations
from sim.behaviours.pointer import PARTS, world_type
from sim.behaviours.rows import Cells, Row, Table
from sim.domain.blueprint import empty_world
from sim.domain.plain import as_plain
from sim.engine import entries
from sim.engine.run import outcomes_of, simulate
from sim.model.organization import Organization
from tests.blueprints import build

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")


def use_everything() -> None:
    """Call each entry point the ways it is called: both drivers, with and without growth, traces and liaisons."""
    plan = build((2, 4, 1, 1, 1), 70, 10, practices={"liaisons": 1.0})
    outcomes_of(simulate(plan, 1))
    outcomes_of(simulate(build(n_days=30), 2**63 - 1, n_events=100))
    Organization(blueprint=plan, seed=np.int32(3), capacity=1).run()
    world = empty_world(plan, capacity=1)
    entries.found_world(world, 4)
    entries.run_days(world, 0, 1)


def test_each_entry_point_has_exactly_one_compiled_signature():
    use_everything()
    for entry in entries.ENTRIES:
        assert entry.compiled is not None, f"{entry.__name__} was never called"
        assert len(entry.compiled.signatures) == 1, f"{entry.__name__}: {entry.compiled.signatures}"
        assert len(entry.compiled.nopython_signatures) == 1


def test_while_entries_compile_other_code_compiles_as_ever():
    """Code that asks what number is written finds it, and nested or not, the compiler is left as it was."""

    def of_written(number: int) -> int:
        return number

    @overload(of_written)
    def _of_written(number: Any) -> Any:
        def seven(number: Any) -> Any:
            return 7

        return seven if isinstance(number, types.Literal) else None

    before = types.Function.get_call_type
    with remembered_operations():
        with remembered_operations():
            assert numba.njit(lambda: of_written(3))() == 7
        assert numba.njit(lambda x: x**2 + max(x, 3))(2) == 7
    assert types.Function.get_call_type is before


def strain_after(world: Any, row: int, other: int) -> float:
    """Read a field of a table, write one of another, and read the first again."""
    before = world.people[row].strain
    world.leads[other].value = 2.0
    return before + world.people[row].strain


def hours_after(world: Any, row: int, other: int) -> float:
    """The same with fields of several numbers."""
    before = world.people[row].hours[0]
    world.agents[other].count[0] = 2.0
    return before + world.people[row].hours[0]


@pytest.mark.parametrize("function", [strain_after, hours_after])
def test_a_row_is_not_looked_for_from_the_end_and_a_write_to_one_field_does_not_touch_another(function):
    compiled = numba.njit(**KERNEL_OPTIONS)(function)
    compiled.compile((world_type, types.int64, types.int64))
    _, code = code_of(compiled).split("\ndefine ")
    assert "select" not in code and "icmp" not in code
    assert code.count("load double") == 1


def odds_of(world: Any, row: int, other: int) -> float:
    """Multiply two numbers of 32 bits, and keep the product in a third."""
    product = world.leads[row].p_yes * world.leads[row].p_decide
    world.leads[other].fit = product
    return product


def test_numbers_of_32_bits_are_reckoned_with_in_64_by_the_compiler_and_by_plain_python():
    compiled = numba.njit(**KERNEL_OPTIONS)(odds_of)
    compiled.compile((world_type, types.int64, types.int64))
    _, code = code_of(compiled).split("\ndefine ")
    assert code.count("load float") == code.count("fpext float") == 2
    assert code.count("fmul double") == code.count("fptrunc double") == 1 and "fmul float" not in code
    world = as_plain(empty_world(build()))
    world.leads[0].p_yes, world.leads[0].p_decide = 1 / 3, 1 / 7
    product = odds_of(world, 0, 1)
    assert product == float(np.float32(1 / 3)) * float(np.float32(1 / 7))
    assert world.leads[1].fit == float(np.float32(product)) != product


def test_a_lead_fills_a_pair_of_lines_of_the_cache():
    leads = empty_world(build()).leads
    assert leads.itemsize == 128 and leads.ctypes.data % 128 == 0


def test_no_two_fields_are_taken_for_one():
    rows = [kind.dtype if isinstance(kind, Table) else kind for kind in PARTS.values()]
    fields = [(row.part, name, row.typeof(name)) for row in rows if isinstance(row, Row) for name in row.fields]
    several = [each for each in fields if isinstance(each[2], Cells)]
    assert len(several) > 10
    assert all(kind.dtype.bitwidth == 64 for _, _, kind in several)
    assert [(part, name) for part, name, kind in several if (kind.part, kind.field) != (part, name)] == []
    assert not [name for _, name, kind in fields if isinstance(kind, types.NestedArray) and not isinstance(kind, Cells)]


def test_tables_for_plain_python_refuse_what_compiled_code_cannot_read():
    people = as_plain(empty_world(build())).people
    assert people[0].role == people[np.int64(0)].role
    for row in (-1, np.int32(-1)):
        with pytest.raises(IndexError, match="row -1"):
            people[row]


@pytest.fixture(scope="module")
def fresh_entries() -> dict[str, Any]:
    """All entries compiled here and now: code that came from the cache cannot be read."""
    use_everything()
    fresh = {}
    for entry in entries.ENTRIES:
        fresh[entry.__name__] = numba.njit(**OPTIONS)(entry.function)
        fresh[entry.__name__].compile(entry.signature)
    return fresh


def code_of(compiled: Any) -> str:
    (code,) = compiled.inspect_llvm().values()
    return str(code)


@pytest.mark.slow
def test_no_reference_is_counted_and_nothing_allocated_in_any_entry(fresh_entries):
    for name, compiled in fresh_entries.items():
        code = code_of(compiled)
        assert "define" in code
        for banned in ("NRT_incref", "NRT_decref", "NRT_Allocate", "NRT_MemInfo"):
            assert banned not in code, f"{banned} is in {name}: is _nrt=False still among the compiler's options?"


@pytest.mark.slow
def test_the_day_loop_calls_the_entries_that_mesa_calls(fresh_entries):
    code = code_of(fresh_entries["run_days"])
    for each in (entries.open_day, entries.marketers_work, entries.noon, entries.reps_work, entries.close_day):
        assert each.symbol in code


@pytest.mark.slow
def test_counting_references_would_be_seen():
    @numba.njit
    def counts(table):
        return [table]

    counts(np.zeros(2))
    assert "NRT_incref" in code_of(counts)


def kernels() -> dict[str, Any]:
    """All kernels by module and name."""
    found = {}
    for package in (sim.behaviours, sim.engine):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if hasattr(value, "py_func") and value.py_func.__module__ == module.name:
                    found[f"{module.name}.{name}"] = value
    return found


@pytest.mark.slow
def test_no_kernel_is_compiled_in_several_versions(fresh_entries):
    assert all(compiled.nopython_signatures for compiled in fresh_entries.values())
    versions = {name: len(kernel.nopython_signatures) for name, kernel in kernels().items()}
    assert len(versions) > 100
    shares_of_segments_and_of_sources = {"sim.behaviours.luck.one_of": 2}  # two fields of the rules, a type each
    assert {name: n for name, n in versions.items() if n > 1} == shares_of_segments_and_of_sources
    assert sum(versions.values()) > 80, "nothing was compiled here, so nothing was tested"
