"""What a page may say over its connection: the few kinds of Jupyter message that Solara uses, each well-formed."""

from __future__ import annotations

import json
import struct
from typing import Any

#: Kinds of message that a page sends.
KINDS = frozenset({"kernel_info_request", "comm_info_request", "comm_open", "comm_msg", "comm_close"})
#: What a page may open: Solara's own line and the one that asks for the state of widgets. A page makes no widgets.
TARGETS = frozenset({"solara.control", "jupyter.widget.control"})
#: Pieces of one message: its text, and pieces of a file.
PIECES = 16


def is_allowed(message: str | bytes) -> bool:
    """Whether a message is one that a page sends.

    Examples
    --------
    >>> is_allowed('{"header": {"msg_type": "comm_msg"}, "content": {}, "channel": "shell"}')
    True
    >>> is_allowed('{"header": {"msg_type": "execute_request"}, "content": {}, "channel": "shell"}')
    False
    >>> is_allowed("not a message")
    False
    """
    try:
        return _is_known(json.loads(message if isinstance(message, str) else text_of(message)))
    except (ValueError, RecursionError, struct.error):
        return False


def text_of(message: bytes) -> bytes:
    """The text of a message with pieces of a file: number of pieces, where each begins, the pieces; text first.

    Raises
    ------
    ValueError
        If the numbers do not fit the message.
    """
    (count,) = struct.unpack_from("!i", message)
    if not 1 <= count <= PIECES:
        raise ValueError("too many pieces")
    starts = [*struct.unpack_from(f"!{count}I", message, 4), len(message)]
    if starts[0] != 4 * (count + 1) or starts != sorted(starts):
        raise ValueError("pieces overlap")
    return message[starts[0] : starts[1]]


def _is_known(message: Any) -> bool:
    if not isinstance(message, dict):
        return False
    header, content = message.get("header"), message.get("content")
    if not (isinstance(header, dict) and isinstance(content, dict) and message.get("channel") == "shell"):
        return False
    kind, target = header.get("msg_type"), content.get("target_name")
    return _is_one_of(kind, KINDS) and (kind != "comm_open" or _is_one_of(target, TARGETS))


def _is_one_of(name: Any, known: frozenset[str]) -> bool:
    """Whether a value of a message is a known name; it may be anything that JSON can hold."""
    return isinstance(name, str) and name in known
