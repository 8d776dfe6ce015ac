"""The two decorators of compiled code: the only place that names the compiler and its options.

`kernel` marks a function of the day loop; `entry` one that Python calls. Only entries are kept on disk, in a
folder that carries a digest of every kernel's source, because the compiler's own cache does not notice when a
function or a constant in another file has changed.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numba
import numpy as np
import platformdirs
from filelock import FileLock
from numba import types

from sim.behaviours.pipeline import KernelCompiler, remembered_operations
from sim.behaviours.pointer import world_type

P = ParamSpec("P")
R = TypeVar("R")

#: ``_nrt=False``: nothing is allocated, so nothing is counted; counting references would take most of the time.
OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "no_cfunc_wrapper": True}
#: Kernels are called by entries only, so they need no door to Python: half of the compiler's work less.
KERNEL_OPTIONS: dict[str, Any] = {**OPTIONS, "no_cpython_wrapper": True}
#: Functions of less bytecode than this are copied into their callers: measured, 27 to 15 ms a run for 10 % more
#: compiling; above it compiling grows and running does not shrink.
SMALL = 600

if numba.config.DISABLE_JIT:
    # 64-bit luck wraps around on purpose; plain numpy would warn at every draw.
    np.seterr(over="ignore")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of the day loop when it is first needed (rules: CONTRIBUTING.md, "Kernels")."""
    is_small = len(function.__code__.co_code) < SMALL
    compiled: Any = numba.njit(**KERNEL_OPTIONS, forceinline=is_small, pipeline_class=KernelCompiler)(function)
    if not numba.config.DISABLE_JIT:
        _compile_once(compiled)
    return cast(Callable[P, R], compiled)


#: What an annotation says of an argument's compiled type; other arguments keep the type they come with.
ARGUMENT_TYPES = {"World": world_type, "int": types.int64, "float": types.float64, "bool": types.boolean}


def _compile_once(compiled: Any) -> None:
    """Give a kernel the one signature of its annotations.

    Left alone, the compiler writes a kernel again for every constant that it is called with: the hash behind luck
    came in 59 versions, and compiling took five times as long.
    """
    resolve = compiled.get_call_template
    wanted = [ARGUMENT_TYPES.get(hint) for name, hint in compiled.py_func.__annotations__.items() if name != "return"]

    def resolve_annotated(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        fixed = [types.unliteral(arg) if hint is None else hint for arg, hint in zip(args, wanted, strict=True)]
        return resolve(tuple(fixed), kws)

    compiled.get_call_template = resolve_annotated


def cache_folder() -> Path:
    """Where compiled code lies: ``$SMARKETING_CACHE`` or the user's cache folder, by digest of the kernels."""
    root = os.environ.get("SMARKETING_CACHE") or platformdirs.user_cache_dir("smarketing", appauthor=False)
    return Path(root) / f"kernels-{source_digest()}"


@functools.cache
def source_digest() -> str:
    """Hash the source of all kernels and records with the versions that shape the machine code (12 hex digits)."""
    digest = hashlib.sha256(f"{sys.version_info[:3]} {numba.__version__} {np.__version__}".encode())
    package = Path(__file__).parent.parent
    for folder in ("domain", "behaviours", "engine"):
        for path in sorted((package / folder).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Entry(Generic[P, R]):
    """A kernel that Python calls: compiled at its first call, once per machine, and kept on disk.

    Later calls go straight to the machine code, past the compiler's look-up of types: a microsecond.

    Parameters
    ----------
    function : callable
        The plain function, of a world and whole numbers; all that it calls must be kernels.
    """

    #: Told once, before the first compilation of this process; the command line prints it.
    announce: Callable[[str], None] = staticmethod(lambda text: print(text, file=sys.stderr, flush=True))
    _announced = False
    _gate = threading.Lock()

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        self.compiled: Any = None
        self._code: Callable[P, R] | None = None
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it, compiling first where that has not happened on this machine."""
        if self._code is not None:
            return self._code(*args, **kwargs)
        with Entry._gate:
            self._code = self._prepare()
        return self._code(*args, **kwargs)

    def _prepare(self) -> Callable[P, R]:
        """The machine code, from the disk or compiled now; the plain function where compiling is off."""
        if numba.config.DISABLE_JIT or self._code is not None:
            return self._code or self.function
        folder = _writable(cache_folder())
        with FileLock(folder / "compiling.lock"), _no_garbage_collection(), remembered_operations():
            self._say_if_new(folder)
            self.compiled = _decorate(self.function, folder)
            signature = signature_of(self.function)
            self.compiled.compile(signature)
        code: Callable[P, R] = self.compiled.get_overload(signature)
        return code

    def _say_if_new(self, folder: Path) -> None:
        if not Entry._announced and not any(folder.rglob(f"*.{self.function.__qualname__}-*.nbi")):
            Entry._announced = True
            Entry.announce("Compiling the simulation for this computer (once, about 15 seconds) …")


def signature_of(function: Callable[..., Any]) -> tuple[Any, ...]:
    """The compiled types of a function's annotated arguments."""
    return tuple(ARGUMENT_TYPES[hint] for name, hint in function.__annotations__.items() if name != "return")


def entry(function: Callable[P, R]) -> Entry[P, R]:
    """Mark a kernel that Python calls (see `Entry`)."""
    return Entry(function)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Let the compiler work without being searched for garbage: a tenth to a quarter of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _decorate(function: Callable[P, R], folder: Path) -> Callable[P, R]:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        compiled: Callable[P, R] = numba.njit(cache=True, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before
    return compiled


def _writable(folder: Path) -> Path:
    """Make the cache folder, or one in the temporary folder where the user's cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    import tempfile

    spare = Path(tempfile.gettempdir()) / f"smarketing-{folder.name}"
    spare.mkdir(parents=True, exist_ok=True)
    return spare
