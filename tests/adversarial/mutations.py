"""How inputs are spoilt: documents by their structure, texts by their characters, files by their bytes.

Everything is drawn from a `random.Random`, so that an input is told by its seed, door and number alone.
"""

from __future__ import annotations

import copy
import datetime
import math
from collections.abc import Iterator
from random import Random
from typing import Any

#: Texts that programs stumble over.
TEXTS = (
    *("", " ", "\0", "nan", "inf", "-inf", "1e400", "-1", "0x10", "1_000", "٣", "１２", "½", "true", "none", "null"),
    *("../../etc/passwd", "/dev/zero", "con", "a" * 5000, "é", "\u202e", "\ufeff", "\ud7ff", "💥", "=1+1", '"', "'"),
    *("31.12.1899", "2024-02-30", "0001-01-01", "9999-12-31", "2024-01-01T00:00:00Z", "1,2,3", "€ 5", "5 %", "%s%n"),
    *(
        "<script>",
        "{{7*7}}",
        "{}",
        "[]",
        "liaison",
        "aligned",
        "undefined",
        "name",
        "market.gap_days",
        "\\",
        "\n",
        "\t",
    ),
)
NUMBERS = (
    *(0, 1, -1, 2, 3, 5, 12, 60, 121, 130, 520, 1000, 10_000, 100_000, 100_001, 2**31, -(2**31), 2**53, 2**63, 2**64),
    *(10**30, 0.0, -0.0, 0.5, 1e-300, 5e-324, 1e16, 1e308, -1e308, math.nan, math.inf, -math.inf, 0.1, 1.5, 99.5),
)
DATES = (datetime.date(2024, 2, 29), datetime.datetime(2024, 1, 1, 12), datetime.time(1, 2, 3))
Place = tuple[Any, Any]


def any_value(luck: Random, depth: int = 0) -> Any:
    """Any value that TOML can hold."""
    kind = luck.randrange(7 if depth < 3 else 4)
    if kind == 0:
        return luck.choice(NUMBERS)
    if kind == 1:
        return luck.choice(TEXTS)
    if kind == 2:
        return luck.choice((True, False))
    if kind == 3:
        return luck.choice((luck.randint(-5, 2000), round(luck.uniform(-2, 3), 3), luck.choice(DATES)))
    if kind == 4:
        return [any_value(luck, depth + 1) for _ in range(luck.randrange(4))]
    if kind == 5:
        return {luck.choice(TEXTS)[:40]: any_value(luck, depth + 1) for _ in range(luck.randrange(3))}
    return [luck.uniform(0, 1)] * luck.choice((0, 1, 5, 6, 200))


def near(luck: Random, value: Any) -> Any:
    """A value like another one."""
    if isinstance(value, bool):
        return luck.choice((not value, int(value), str(value)))
    if isinstance(value, int | float):
        made = (value * 2, -value, value + 1, value - 1, value / 3, str(value), [value], float(value), value * 1e6)
        return luck.choice(made)
    if isinstance(value, str):
        return spoilt_text(luck, value)
    if isinstance(value, list):
        return luck.choice((value * 2, value[::-1], value[:1], [], {str(i): each for i, each in enumerate(value)}))
    return any_value(luck)


def places(document: Any) -> Iterator[Place]:
    """Every place of a document: what it lies in, and its name or number there."""
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in list(inside):
        yield document, name
        if isinstance(value, dict | list):
            yield from places(value)


def spoilt(luck: Random, document: Any, names: tuple[str, ...] = (), most: int = 3) -> Any:
    """A document with up to `most` changes, most of them of single values; `names` are keys that may be put in."""
    document = copy.deepcopy(document)
    for _ in range(luck.randint(1, most)):
        every = list(places(document))
        if not every:
            return document
        _change(luck, document, luck.choice(every), names)
    return document


def _change(luck: Random, document: Any, place: Place, names: tuple[str, ...]) -> None:
    inside, name = place
    way = luck.random()
    if way < 0.35:
        inside[name] = near(luck, inside[name])
    elif way < 0.6:
        inside[name] = any_value(luck)
    elif way < 0.7:
        del inside[name]
    elif way < 0.85 and isinstance(inside, dict):
        inside[luck.choice(names or TEXTS)] = any_value(luck)
    elif way < 0.9 and isinstance(inside, list):
        inside.append(copy.deepcopy(inside[name]))
    else:
        other, there = luck.choice(list(places(document)))
        inside[name] = copy.deepcopy(other[there])


def spoilt_text(luck: Random, text: str) -> str:
    """A text with a few characters or words changed."""
    for _ in range(luck.randint(1, 3)):
        at, to = sorted((luck.randint(0, len(text)), luck.randint(0, len(text))))
        way = luck.randrange(7)
        if way == 0:
            text = text[:at] + luck.choice(TEXTS) + text[at:]
        elif way == 1:
            text = text[:at] + text[min(to, at + 8) :]
        elif way == 2:
            text = text[:at] + chr(luck.choice((luck.randrange(128), luck.randrange(0xD800)))) + text[at + 1 :]
        elif way == 3:
            text = text[:at] + text[at:to] * luck.choice((2, 3)) + text[to:]
        elif way == 4:
            text = text[:at]
        elif way == 5:
            text = text.swapcase() if luck.random() < 0.2 else text[:at] + text[at:to].swapcase() + text[to:]
        else:
            text = text[:at] + text[at:to][::-1] + text[to:]
    return text[:60_000]


def spoilt_bytes(luck: Random, content: bytes) -> bytes:
    """Bytes of which some are turned, cut, doubled or of another encoding."""
    way = luck.randrange(8)
    at = luck.randrange(len(content) + 1)
    if way == 0:
        return content[:at]
    if way == 1:
        return content[:at] + luck.randbytes(luck.randrange(1, 40)) + content[at:]
    if way == 2:
        return b"".join((luck.choice((b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"PK\x03\x04", b"\x1f\x8b")), content))
    if way == 3:
        return content.decode("latin-1").encode(luck.choice(("utf-16", "utf-8", "utf-32", "utf-7")))
    if way == 4:
        return content.replace(b"\n", luck.choice((b"\r", b"\r\n", b"\n\n", b"", b"\0", b";")))
    if way == 5:
        return luck.randbytes(luck.randrange(300))
    changed = bytearray(content or b"\0")
    for _ in range(luck.randint(1, 6)):
        changed[luck.randrange(len(changed))] = luck.randrange(256)
    return bytes(changed)


def toml_of(document: dict[str, Any]) -> str:
    """A document as TOML: a line for each key of the top, everything else inline."""
    return "".join(f"{_key(name)} = {_inline(value)}\n" for name, value in document.items())


def _key(name: Any) -> str:
    return _quoted(str(name))


def _quoted(text: str) -> str:
    plain = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(plain.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_inline(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return _quoted(value) if isinstance(value, str) else repr(value)
