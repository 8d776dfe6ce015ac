"""Files as streams of bytes: plain or packed, scanned once for what would fill memory or is no text."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sim.domain.errors import InputError, Told

#: Limits on what is read. Assumptions: an export of a firm has at most some millions of rows of a few hundred bytes.
MAX_UNPACKED = 8 * 2**30
MAX_LINE = 8 * 2**20
MAX_ROWS = 20_000_000
MAX_LINES = 200_000_000
MAX_CELLS = 1_000_000_000
CSV_MEND = "Export it again, or save it as 'CSV UTF-8'."
_BLOCK = 2**20
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes that mean nothing in Windows-1252
_KINDS = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "old workbook",
}


@dataclass(frozen=True)
class Scan:
    """What a first pass over a text file found.

    Parameters
    ----------
    encoding : str
        "utf-8" or "cp1252".
    skipped : int
        Bytes before the header: a mark of the encoding and blank lines.
    blank_lines : int
        Of them, lines.
    head : bytes
        The first 64 KiB after that.
    """

    encoding: str
    skipped: int
    blank_lines: int
    head: bytes


def kind_of(path: Path) -> str:
    """What the first bytes say a file is: "gzip", "zip", "old workbook", or "text"."""
    try:
        with path.open("rb") as stream:
            first = stream.read(4)
    except OSError as error:
        raise _unreadable(path, error) from error
    return next((kind for mark, kind in _KINDS.items() if first.startswith(mark)), "text")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain or packed file; damage and limits become an `InputError`."""
    try:
        with path.open("rb") as plain:
            if kind_of(path) == "gzip":
                with gzip.GzipFile(fileobj=plain) as unpacked:
                    yield io.BufferedReader(_Limited(path.name, unpacked), _BLOCK)
            else:
                yield plain
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            path.name, "must be a whole gzip file", Told("one that is damaged or cut off"), CSV_MEND
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error


class _Limited(io.RawIOBase):
    """Unpacked bytes, refused beyond the limit."""

    def __init__(self, name: str, stream: gzip.GzipFile) -> None:
        self._name, self._stream, self._n = name, stream, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Unpack into a buffer; more than may be unpacked is refused."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self._stream.read(len(view))
        view[: len(part)] = part
        self._n += len(part)
        if self._n > MAX_UNPACKED:
            rule = f"must unpack to at most {MAX_UNPACKED / 2**30:g} GiB"
            raise InputError(self._name, rule, Told("more"), "Export a shorter period.")
        return len(part)


class Fed(io.RawIOBase):
    """A stream for a parser that must come back for more in steps: a cell without end is refused.

    Parameters
    ----------
    name : str
        File for the message.
    stream : BinaryIO
        What is read.
    most : int
        Bytes between two calls of ``rest``.
    """

    def __init__(self, name: str, stream: BinaryIO, most: int) -> None:
        self._name, self._stream, self._most, self._since = name, stream, most, 0

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def rest(self) -> None:
        """Count anew."""
        self._since = 0

    def readinto(self, buffer: object) -> int:
        """Fill a buffer."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self._stream.read(len(view))
        view[: len(part)] = part
        self._since += len(part)
        if self._since > self._most:
            rule = "must not have cells without end"
            raise InputError(
                self._name,
                rule,
                Told(f"{self._most // 2**20} MiB with few rows, or a quote that is not closed"),
                CSV_MEND,
            )
        return len(part)


def scan(path: Path, *, whole: bool = True) -> Scan:
    """Find encoding and start of a text file in one pass that holds a block at a time.

    Parameters
    ----------
    path : pathlib.Path
        A plain or packed file.
    whole : bool
        False to look at the first 64 KiB only, as for a file that may not be needed.

    Raises
    ------
    InputError
        If it cannot be read, holds a NUL byte, is neither UTF-8 nor Windows-1252, unpacks to too much, or has a line
        without end.
    """
    with opened(path) as stream:
        first = stream.read(2**16)
        bare = first.removeprefix(codecs.BOM_UTF8)
        head = bare.lstrip(b"\r\n")
        state = _State(path.name)
        state.take(first)
        while whole and (block := stream.read(_BLOCK)):
            state.take(block)
    encoding = state.encoding(final=whole or len(first) < 2**16)
    blank_lines = bare[: len(bare) - len(head)].count(b"\n")
    return Scan(encoding, len(first) - len(head), blank_lines, head)


class _State:
    """What has been seen of a text so far."""

    def __init__(self, name: str) -> None:
        self._name, self._run, self._lines = name, 0, 0
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._undefined = False

    def take(self, block: bytes) -> None:
        """Look at the next bytes; a NUL byte, a line or a number of lines without end is refused."""
        if b"\0" in block:
            rule = "must be a text file"
            raise InputError(self._name, rule, Told("a NUL byte, as binary files have"), CSV_MEND)
        self._undefined = self._undefined or bool(_UNDEFINED.search(block))
        if self._utf8:
            try:
                self._utf8.decode(block)
            except UnicodeDecodeError:
                self._utf8 = None
        self._follow_lines(block)

    def _follow_lines(self, block: bytes) -> None:
        ends = [block.find(b"\n"), block.find(b"\r")]
        first = min((end for end in ends if end >= 0), default=-1)
        longest = self._run + (first if first >= 0 else len(block))
        if longest > MAX_LINE:
            rule = f"must not have lines longer than {MAX_LINE / 2**20:g} MiB"
            raise InputError(f"{self._name}, line {self._lines + 1}", rule, Told("a longer one"), CSV_MEND)
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._run = self._run + len(block) if first < 0 else len(block) - last - 1
        self._lines += block.count(b"\n")
        if self._lines > MAX_LINES:
            raise InputError(
                self._name, f"must have at most {MAX_LINES:,} lines", Told("more"), "Export a shorter period."
            )

    def encoding(self, *, final: bool) -> str:
        """UTF-8 if all bytes so far are, else Windows-1252; refused if they are neither."""
        if self._utf8:
            try:
                self._utf8.decode(b"", final=final)
                return "utf-8"
            except UnicodeDecodeError:
                pass
        if self._undefined:
            raise InputError(
                self._name, "must be a text file in UTF-8 or Windows-1252", Told("bytes that are neither"), CSV_MEND
            )
        return "cp1252"


def _unreadable(path: Path, error: OSError) -> InputError:
    if isinstance(error, PermissionError):
        return InputError(path.name, "must be readable", Told("no permission"), "Ask for access.")
    return InputError(path.name, "must be readable", Told(error.strerror or "a file that is not"), CSV_MEND)
