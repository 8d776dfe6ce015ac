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
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, cast

import llvmlite.binding
import numba
import numpy as np
import platformdirs
from filelock import FileLock, Timeout
from numba import types
from numba.extending import typeof_impl

from sim.behaviours.pipeline import KernelCompiler, remembered_operations
from sim.behaviours.pointer import world_type
from sim.domain.extensions import extension_of
from sim.domain.plain import as_plain

P = ParamSpec("P")
R = TypeVar("R")

#: ``_nrt=False``: nothing is allocated, so nothing is counted; counting references would take most of the time.
OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False}
#: Kernels are called by entries only, so they need no door of their own: half of the compiler's work less.
KERNEL_OPTIONS: dict[str, Any] = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
#: So many entries to compile are worth a second process.
WORTH_SHARING = 6
#: Functions of less bytecode than this are copied into their callers: measured, 27 to 15 ms a run for 10 % more
#: compiling; above it compiling grows and running does not shrink.
SMALL = 600

if numba.config.DISABLE_JIT:
    # 64-bit luck wraps around on purpose; plain numpy would warn at every draw.
    np.seterr(over="ignore")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of the day loop when it is first needed (CONTRIBUTING.md, "Rules for kernels")."""
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


def folder_of(module: str) -> Path:
    """Where the entries of a module lie compiled: those of an extension beside ours, by a digest of its files too."""
    extension, ours = extension_of(module), cache_folder()
    return ours if extension is None else ours.with_name(f"{ours.name}-{extension.digest[:12]}")


@functools.cache
def source_digest() -> str:
    """Hash the source of all kernels and records with what else shapes the machine code (12 hex digits)."""
    versions = f"{sys.version_info[:3]} {numba.__version__} {np.__version__} {numba.config.BOUNDSCHECK}"
    digest = hashlib.sha256(versions.encode())
    package = Path(__file__).parent.parent
    for folder in ("domain", "behaviours", "engine"):
        for path in sorted((package / folder).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Entry(Generic[P, R]):
    """A kernel that Python calls: compiled when it is first needed, once per machine, and kept on disk.

    Calls go straight to the machine code, past the compiler's look-up of types: a microsecond. Entries call each other
    by address, so each is compiled alone; all of a module are prepared together, by two processes where it pays.

    Parameters
    ----------
    function : callable
        The plain function, of a world and whole numbers; all that it calls must be kernels or entries that return
        nothing and stand before it in its module.
    """

    #: Told once, before the first compilation of this process; the command line prints it.
    announce: Callable[[str], None] = staticmethod(lambda text: print(text, file=sys.stderr, flush=True))
    _announced = False
    _gate = threading.RLock()
    _all: ClassVar[list[Entry[Any, Any]]] = []

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        self.compiled: Any = None
        self._code: Callable[P, R] | None = None
        self._address = 0
        functools.update_wrapper(self, function)
        Entry._all.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it, compiling first where that has not happened on this machine."""
        if self._code is not None:
            return self._code(*args, **kwargs)
        if numba.config.DISABLE_JIT:
            self._code = cast(Callable[P, R], self._plain)
        else:
            prepare_all(self.function.__module__)
        return cast(Callable[P, R], self._code)(*args, **kwargs)

    def _plain(self, world: Any, *args: Any) -> Any:
        """Run it as plain Python."""
        called: Any = self.function
        return called(as_plain(world), *args)

    @property
    def signature(self) -> tuple[Any, ...]:
        """The compiled types of the annotated arguments."""
        return tuple(ARGUMENT_TYPES[hint] for name, hint in self.function.__annotations__.items() if name != "return")

    @property
    def symbol(self) -> str:
        """The name by which compiled code finds this entry."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def is_known(self, folder: Path) -> bool:
        """Whether its machine code lies in the cache folder."""
        return any(folder.rglob(f"*.{self.function.__qualname__}-*.nbi"))

    def prepare(self, folder: Path, patience: float) -> bool:
        """Load or compile it, unless another process has been at it for longer than `patience` (s, −1 = for ever)."""
        if self._code is not None:
            return True
        try:
            with FileLock(folder / f"{self.function.__qualname__}.lock", timeout=patience):
                compiled = _decorate(self.function, folder)
                compiled.compile(self.signature)
        except Timeout:
            return False
        result = compiled.overloads[self.signature]
        address = result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name)
        llvmlite.binding.add_symbol(self.symbol, address)
        self.compiled, self._code, self._address = compiled, compiled.get_overload(self.signature), address
        return True

    @property
    def address(self) -> int:
        """Where its machine code lies, made first where there is none."""
        if self._address == 0:
            prepare_all(self.function.__module__)
        return self._address


@typeof_impl.register(Entry)  # type: ignore[untyped-decorator]
def _typeof_entry(called: Entry[Any, Any], _context: Any) -> Any:
    """How an entry sees another one that it calls: as an external function that returns nothing."""
    return types.ExternalFunction(called.symbol, types.none(*called.signature))


def prepare_all(module: str) -> None:
    """Load or compile all entries of a module, the missing ones together with a second process."""
    with Entry._gate, _no_garbage_collection(), remembered_operations():
        _leave_out_linear_algebra()
        entries = [each for each in Entry._all if each.function.__module__ == module]
        folder = _writable(folder_of(module))
        missing = sum(not each.is_known(folder) for each in entries)
        if missing:
            _announce(module)
        with _second_process(module) if missing > WORTH_SHARING else contextlib.nullcontext():
            *callees, caller = entries
            later = [each for each in callees if not each.prepare(folder, patience=0)]
            for each in (*later, caller):
                each.prepare(folder, patience=-1)


def _leave_out_linear_algebra() -> None:
    """Keep the compiler from importing SciPy's linear algebra, a third of a second for what no kernel uses.

    It asks whether it is there by importing it. It is there, as a dependency of ours, and is imported when somebody's
    own compiled function uses it. Not while other threads run: they might import it at this very moment.
    """
    looked_for = "scipy.linalg.cython_blas"
    if {"numba.np.arraymath", looked_for} & sys.modules.keys() or threading.active_count() > 1:
        return
    sys.modules[looked_for] = None  # type: ignore[assignment]
    try:
        from numba.np import arraymath
    finally:
        del sys.modules[looked_for]
    arraymath._HAVE_BLAS = True


def _announce(module: str) -> None:
    """Say once what is compiled."""
    extension = extension_of(module)
    if extension is not None:
        Entry.announce(f"Compiling {extension.package} for this computer (once, some seconds) …")
    elif not Entry._announced:
        Entry._announced = True
        Entry.announce("Compiling the simulation for this computer (once, about 15 seconds) …")


def help_preparing(module: str) -> None:
    """The second process: from the other end, what nobody works on."""
    with _no_garbage_collection(), remembered_operations():
        entries = [each for each in Entry._all if each.function.__module__ == module]
        folder = _writable(folder_of(module))
        for each in entries[-2::-1]:
            each.prepare(folder, patience=0)


@contextlib.contextmanager
def _second_process(module: str) -> Iterator[None]:
    """Let a second process compile from the other end; whatever becomes of it, this one does what is left."""
    if (os.cpu_count() or 1) < 2:
        yield
        return
    command = f"import {module}; from {__name__} import help_preparing; help_preparing({module!r})"
    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    quiet = subprocess.DEVNULL
    second = subprocess.Popen([sys.executable, "-c", command], env=environment, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        second.terminate()
        second.wait()


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


def _decorate(function: Callable[..., Any], folder: Path) -> Any:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        return numba.njit(cache=True, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before


def _writable(folder: Path) -> Path:
    """Make the cache folder, or one in the temporary folder where the user's cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else 0
    spare = Path(tempfile.gettempdir()) / f"smarketing-{user}-{folder.name}"
    spare.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and spare.stat().st_uid != user:
        return Path(tempfile.mkdtemp(prefix="smarketing-"))  # somebody else's code is not ours to run
    return spare
