"""Errors: one line on the terminal, the whole of it in a file, and nothing of its inside in a page."""

from __future__ import annotations

import logging
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from sim.domain.errors import error_line

#: What stands in a page where even its frame has failed; a view inside the frame has a card of its own.
FAILED = "Something went wrong here. Load the page again; what others see is not touched."
#: Libraries that tell developers more than users can use.
TALKATIVE = "asyncio comm ipykernel py.warnings reacton solara traitlets uvicorn websockets".split()

log = logging.getLogger("smarketing.app")


class OneLine(logging.Formatter):
    """A record on one line: what failed and with which error."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the kind and words of its error."""
        error = record.exc_info[1] if record.exc_info else None
        told = f": {error_line(error)}" if isinstance(error, Exception) else ""
        return f"smarketing: {' '.join(record.getMessage().split())[:500]}{told}"


def log_file() -> Path:
    """Where the details of errors lie."""
    return Path(platformdirs.user_log_dir("smarketing", appauthor=False)) / "app.log"


def set_up() -> None:
    """Send errors where they belong, those of threads and libraries too."""
    terminal = logging.StreamHandler()
    terminal.setFormatter(OneLine())
    terminal.setLevel(logging.ERROR)
    terminal.addFilter(lambda record: record.name.partition(".")[0] not in TALKATIVE)
    logging.basicConfig(level=logging.WARNING, handlers=[terminal, *_file()], force=True)
    logging.captureWarnings(True)
    threading.excepthook = lambda failed: log.error("A task in the background failed", exc_info=failed.exc_value)


def _file() -> list[logging.Handler]:
    """A file of at most a megabyte, and the one before; none where none can be written."""
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        kept = RotatingFileHandler(log_file(), maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return []
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return [kept]


class Plain(ModuleType):
    """The module `traceback` as Solara is to see it: it would write the traceback into the page, paths and all.

    Examples
    --------
    >>> Plain("traceback").format_exception(None, ValueError("in /home/me/x.py"), None)[0].startswith("Something")
    True
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    @staticmethod
    def format_exception(_kind: Any, error: BaseException, *_rest: Any, **_options: Any) -> list[str]:
        """A plain sentence; the error itself goes into the log."""
        log.error("A page failed", exc_info=error)
        return [FAILED]


def hide_tracebacks() -> None:
    """Keep tracebacks out of pages, wherever they come from."""
    import reacton.core
    import solara.server.app

    for module in (reacton.core, solara.server.app):
        module.traceback = Plain("traceback")
