"""From pydantic's findings to the one error that users see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.domain.errors import InputError, Told, did_you_mean

#: Begins the name of a form that a value may have one of; not shown, since nobody wrote it.
TAG = "="
#: A name of no letters, as TOML writes it.
EMPTY = '""'
_BOUNDS = {
    "greater_than_equal": ("ge", "must be at least {ge}"),
    "less_than_equal": ("le", "must be at most {le}"),
    "greater_than": ("gt", "must be more than {gt}"),
    "less_than": ("lt", "must be less than {lt}"),
}
_KINDS = {
    "whole number": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "number": ("float_type", "float_parsing"),
    "text": ("string_type",),
    "list": ("tuple_type", "list_type"),
    "table": ("dict_type", "model_type", "model_attributes_type"),
}
_MENDS = {
    "whole number": "Write digits without quotes, such as 5.",
    "number": "Write digits without quotes, such as 0.5.",
    "text": 'Write it in quotes, such as "mid".',
    "list": "Write it in brackets, such as [1, 2].",
    "table": 'Write it as a table, such as { name = "mid" }.',
}
_MEND_OF = {kind: _MENDS[word] for word, kinds in _KINDS.items() for kind in kinds}
_MEND_OF |= dict.fromkeys(("bool_type", "bool_parsing"), "Write true or false, without quotes.")
#: Where nothing nearer can be said.
_SCHEMA = "`smarketing scenario schema` prints what may stand where."
_RULES = {kind: f"must be a {word}" for word, kinds in _KINDS.items() for kind in kinds} | {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}


def input_error(error: ValidationError, model: type[BaseModel], where: str = "") -> InputError:
    """Turn the first finding of a validation into an `InputError`; the others are counted.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    model : type of pydantic.BaseModel
        What was validated, for the names that are known.
    where : str, optional
        File that it was read from.
    """
    findings = error.errors(include_url=False)
    first = findings[0]
    inner = first.get("ctx", {}).get("error")
    told = inner if isinstance(inner, InputError) else None
    path = _path((*first["loc"], told.field) if told and told.field else first["loc"])
    field = f"{where}: {path}" if where and path else path or where or "scenario"
    rule, mend = (told.rule, told.mend) if told else _rule(first, model)
    if len(findings) > 1:
        n = len(findings) - 1
        mend = f"{mend} There {'is 1 more problem' if n == 1 else f'are {n} more problems'} in it.".strip()
    value = None if first["type"] == "missing" else _shown(first["input"])
    return InputError(field, rule, told.value if told else value, mend)


def _shown(value: Any) -> Any:
    """What a finding shows: a single value or a short list as it is, anything larger by its kind."""
    if isinstance(value, dict | BaseModel):
        return Told("a table")
    if isinstance(value, list | tuple):
        return Told(f"a list of {len(value)}") if len(value) > 5 else value
    return Told("nothing") if value is None else value


def _path(parts: Iterable[int | str]) -> str:
    """Names and places joined; a name of no letters is in quotes, or nobody would see it.

    Examples
    --------
    >>> _path(("sources", 2, "name")), _path(("people", ""))
    ('sources[2].name', 'people.""')
    """
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not _is_tag(part):
            path += f".{part or EMPTY}" if path else part or EMPTY
    return path


def _is_tag(part: Any) -> bool:
    return isinstance(part, str) and part.startswith(TAG)


def _rule(finding: Any, model: type[BaseModel]) -> tuple[str, str]:
    kind = finding["type"]
    if kind == "extra_forbidden":
        *parents, name = finding["loc"]
        return "is not known", did_you_mean(str(name), _known(model, parents))
    if kind in _BOUNDS:
        return _span(finding, model), _usual(finding, model)
    if kind == "value_error":
        return str(finding["ctx"]["error"]), _SCHEMA
    if kind == "missing":
        return "is missing", "Give it a value."
    if kind in _RULES:
        return _RULES[kind], _MEND_OF[kind]
    text = str(finding["msg"]).replace("Input should", "must")
    text = re.sub(r"^(String|Tuple|Dictionary) should", "must", text)
    return text[0].lower() + text[1:], _SCHEMA


def _usual(finding: Any, model: type[BaseModel]) -> str:
    """What a field is where nobody gives it, as a number to start from."""
    usual = getattr(_field_at(model, list(finding["loc"])), "default", None)
    is_number = isinstance(usual, int | float) and not isinstance(usual, bool)
    return f"Give a number within that; {usual:g} is usual." if is_number else "Give a number within that."


def _span(finding: Any, model: type[BaseModel]) -> str:
    """Both bounds of a field, where it has both."""
    names, form = _BOUNDS[finding["type"]]
    bounds: dict[str, float] = {}
    field = _field_at(model, list(finding["loc"]))
    for constraint in getattr(field, "metadata", []):
        for name in ("ge", "le"):
            if hasattr(constraint, name):
                bounds[name] = getattr(constraint, name)
    if len(bounds) == 2:
        return f"must be between {bounds['ge']:g} and {bounds['le']:g}"
    return form.format(**{names: f"{finding['ctx'][names]:g}"})


def _model_at(model: type[BaseModel], parts: list[Any]) -> type[BaseModel] | None:
    current: Any = model
    for part in parts:
        current = _inside(current, part)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _inside(kind: Any, part: int | str) -> Any:
    """Type of what a part of a path leads to; None where that is unknown."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _plain(kind.model_fields[part].annotation) if part in kind.model_fields else None
    members = get_args(kind)
    if _is_tag(part):
        named = [
            each for each in members if any(getattr(m, "tag", "") == part for m in getattr(each, "__metadata__", ()))
        ]
        return _plain(named[0]) if named else None
    return _plain(members[-1 if get_origin(kind) is dict else 0]) if members else None


def _tag_of(member: Any) -> str:
    """Name of a form, which stands beside its type."""
    return next((str(about.tag) for about in getattr(member, "__metadata__", ()) if hasattr(about, "tag")), "")


def _plain(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _field_at(model: type[BaseModel], parts: list[Any]) -> Any:
    owner = _model_at(model, parts[:-1])
    return owner.model_fields.get(parts[-1]) if owner else None


def _known(model: type[BaseModel], parents: list[Any]) -> list[str]:
    owner = _model_at(model, parents)
    return list(owner.model_fields) if owner else []
