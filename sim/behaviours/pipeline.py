"""How kernels are compiled: checked and translated one by one, but made into machine code only inside an entry.

The compiler would otherwise optimize each kernel with all that it calls, and write machine code for it that nobody
runs: what lies ten calls deep was optimized ten times. Measured: 24 s of compiling become 15, and 13 without the passes
for what no kernel uses (closures, `with`, literals).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from numba import _dynfunc, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.errors import NumbaError
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)


class InnerLibrary(JITCodeLibrary):  # type: ignore[misc]  # untyped library
    """The code of one kernel, to be copied into entries; it remembers what it calls and leaves that outside."""

    def finalize(self) -> None:
        """Neither link nor optimize nor emit; that happens once, in the entry."""
        self._finalize_dynamic_globals()
        self._finalized = True

    def with_callees(self) -> list[Any]:
        """The library itself and those of all kernels that it calls, directly or not."""
        return list(dict.fromkeys([self, *self._linking_libraries]))


@register_pass(mutates_CFG=False, analysis_only=False)
class InnerLowering(NativeLowering):  # type: ignore[misc]
    """Lower a kernel into an InnerLibrary."""

    _name = "inner_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower, and tell callers to link this kernel with all that it calls."""
        name = state.func_id.func_qualname
        state.library = InnerLibrary(state.targetctx.codegen(), name)
        state.flags.no_compile = True
        super().run_pass(state)
        state.library.finalize()
        lowered = state["cr"]
        fndesc = lowered.fndesc
        nothing_to_call = 0
        door = _dynfunc.make_function(
            fndesc.lookup_module(), name, "kernel", nothing_to_call, lowered.env, (state.library,)
        )
        state.targetctx.insert_user_function(door, fndesc, state.library.with_callees())
        state["cr"] = lowered._replace(cfunc=door)
        return True


class KernelCompiler(CompilerBase):  # type: ignore[misc]
    """The usual pipeline without the passes for what no kernel uses (closures, with, literals), and InnerLowering."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline."""
        passes = PassManager("kernel")
        for step in PASSES:
            passes.add_pass(step, step.__name__)
        passes.finalize()
        return [passes]


PASSES = (
    TranslateByteCode,
    FixupArgs,
    IRProcessing,
    GenericRewrites,
    ReconstructSSA,
    NopythonTypeInference,
    PreLowerStripPhis,
    IRLegalization,
    AnnotateTypes,
    InnerLowering,
    NoPythonBackend,
)


@contextlib.contextmanager
def remembered_operations() -> Iterator[None]:
    """Let the compiler find the version of ``*`` or ``min`` for two floats once, not at every ``*`` and ``min``.

    It tries all versions in turn, arrays' and dates' included, when it infers types and again when it translates: the
    second alone is a tenth of its work. A number that is written counts as any other of its type, unless that fails or
    the operation asks for written ones. What other threads compile meanwhile is left alone.
    """
    find, found, here = types.Function.get_call_type, {}, threading.get_ident()

    def get_call_type(function: Any, context: Any, args: Any, kws: Any) -> Any:
        if kws or threading.get_ident() != here:
            return find(function, context, args, kws)
        asked = _of_any_number(function, tuple(args))
        if (function, asked) not in found:
            try:
                found[function, asked] = find(function, context, asked, kws)
            except NumbaError:
                if asked == tuple(args):
                    raise
                return find(function, context, args, kws)
        return found[function, asked]

    types.Function.get_call_type = get_call_type
    try:
        yield
    finally:
        types.Function.get_call_type = find


def _of_any_number(function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Types of arguments with written numbers as any others, where all are numbers and the operation asks for none."""
    plain = tuple(map(types.unliteral, args))
    if any(template.prefer_literal for template in function.templates):
        return args
    return plain if all(isinstance(each, types.Number | types.Boolean) for each in plain) else args
