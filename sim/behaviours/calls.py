"""How the day loop calls what it was not compiled with: the person-day of an agent of an extension, by its address.

Compiled code jumps to machine code; plain Python finds the function by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sim.behaviours.kernel import Entry, kernel
from sim.behaviours.pointer import world_type
from sim.domain.records import World

#: Functions of plain Python; the number of one, from 1 on, stands where its address would.
_PLAIN: list[Callable[..., Any]] = []


def door_to(behaviour: Entry[Any, Any]) -> int:
    """Where the day loop finds an entry: its address, in plain Python its number; good in this process only."""
    if not numba.config.DISABLE_JIT:
        return behaviour.address
    if behaviour.function not in _PLAIN:
        _PLAIN.append(behaviour.function)
    return _PLAIN.index(behaviour.function) + 1


@intrinsic  # type: ignore[untyped-decorator]
def _jump(_context: Any, door: Any, _world: Any, row: Any, day: Any) -> Any:
    """Call machine code at an address with a world and two whole numbers."""

    def write(_target: Any, builder: Any, _signature: Any, args: Any) -> Any:
        whole = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [args[1].type, whole, whole])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])

    return types.void(door, world_type, row, day), write


jump: Any = _jump
if numba.config.DISABLE_JIT:

    def jump(door: int, world: World, row: int, day: int) -> None:
        """The same in plain Python."""
        _PLAIN[int(door) - 1](world, row, day)


@kernel
def let_added_work(world: World, moment: int, day: int) -> None:
    """Let agents of extensions work whose moment this is, in the order of their rows. Changes the world in place."""
    for row in range(world.agents.shape[0]):
        is_due = world.agents[row].moment == moment and world.agents[row].post > 0.0
        if is_due and world.doors[row] != 0:  # `sim.engine.run.live` opens the doors
            jump(world.doors[row], world, row, day)
