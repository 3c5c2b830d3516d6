"""The values of a manifest against its schema: what is missing, unknown, or of the wrong kind.

In: located values. Out: the spec, and one mistake per error in this program's own words.
Never: a reference followed or a file touched; that is `references` and `inputs`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from generator.manifest.located import Located
from generator.manifest.mistakes import TOLD, KeyPath, Mistake
from generator.notice import NOTICE
from generator.records import Record
from generator.spec.schema import ManifestSpec
from generator.spec.tokens import FORMS
from generator.words import SHOWN, suggest_name

_WHOLE = {
    ("purpose",): f"must be interpretability ({{found}}). {NOTICE}",
    ("version",): "must be 1, the version of the format this program reads ({found})",
}
_KINDS = {
    "model_type": "must be a mapping ({found})",
    "model_attributes_type": "must be a mapping ({found})",
    "dict_type": "must be a mapping ({found})",
    "tuple_type": "must be a list ({found})",
    "int_type": "must be a whole number ({found})",
    "int_from_float": "must be a whole number ({found})",
    "float_type": "must be a number ({found})",
    "bool_type": "must be true or false ({found})",
    "greater_than": "must be more than {gt} ({found})",
    "greater_than_equal": "must be at least {ge} ({found})",
    "less_than": "must be less than {lt} ({found})",
    "less_than_equal": "must be at most {le} ({found})",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters ({found})",
    "too_short": "must not be empty",
    "too_long": "must hold at most {max_length} items ({found})",
    "value_error": "{error}",
}


def read_structure(tree: Located) -> tuple[ManifestSpec | None, list[Mistake]]:
    """The spec where all keys and types are right, else None and every mistake."""
    if not isinstance(tree.values, dict):
        return None, [tree.at_value((), f"must be a mapping ({_describe_found(tree, ())})")]
    try:
        text = json.dumps(tree.values)
        return ManifestSpec.model_validate_json(text, strict=True), []
    except ValidationError as failure:
        errors = [
            error
            for error in failure.errors(include_url=False, include_input=False)
            if not _follows(tree, error)
        ]
        errors.sort(key=lambda error: tree.at_key(_strip_forms(error), "").mark)
        made = (_make_mistake(tree, error, at < TOLD * 5) for at, error in enumerate(errors))
        return None, list(made)


def _follows(tree: Located, error: ErrorDetails) -> bool:
    """True where a list only counts as empty because each of its items is wrong."""
    return error["type"] == "too_short" and bool(_find_value(tree.values, error["loc"]))


def _strip_forms(error: ErrorDetails) -> KeyPath:
    return tuple(step for step in error["loc"] if step not in FORMS)


def _make_mistake(tree: Located, error: ErrorDetails, hinted: bool) -> Mistake:
    """One mistake; a name near to an unknown key is looked for where anybody will read it."""
    path = _strip_forms(error)
    if error["type"] == "missing":
        return tree.at_parent(path, f"is missing{_format_example(path)}")
    if error["type"] == "extra_forbidden":
        known = index_fields(find_spec(path[:-1])) if hinted else {}
        hint = f" ({suggest_name(str(path[-1]), known)})" if hinted else ""
        return tree.at_key(path, f"unknown key{hint}")
    if path[-1:] == ("[key]",):
        return tree.at_key(path[:-1], _describe_error(tree, path[:-1], error))
    return tree.at_value(path, _describe_error(tree, path, error))


def _describe_error(tree: Located, path: KeyPath, error: ErrorDetails) -> str:
    found, context = _describe_found(tree, path), error.get("ctx", {})
    if path in _WHOLE:
        return _WHOLE[path].format(found=found)
    if error["type"] == "string_type":
        quote = "; put it in quotes" if isinstance(tree.typed.get(path), str) else ""
        return f"must be text ({found}){quote if found != 'found nothing' else ''}"
    if error["type"] in {"enum", "literal_error"}:
        return _describe_choice(context["expected"], found, tree.typed.get(path, ""))
    limits = {key: f"{value:g}" for key, value in context.items() if isinstance(value, int | float)}
    pattern = _KINDS.get(error["type"], "{message}")
    return pattern.format(**{**context, **limits}, found=found, message=error["msg"])


def _describe_choice(expected: str, found: str, typed: str) -> str:
    known = expected.replace("'", "").replace(" or ", ", ").split(", ")
    hint = suggest_name(typed, known)
    near = f"; {hint}" if hint.startswith("did") else ""
    return f"must be one of {', '.join(known)} ({found}{near})"


def _describe_found(tree: Located, path: KeyPath) -> str:
    """What stands there, as typed; a mapping, list or nothing by that word."""
    value = _find_value(tree.values, path)
    if value is None:
        return "found nothing"
    if isinstance(value, dict | list):
        noun = "mapping" if isinstance(value, dict) else "list"
        return f"found a {noun}" if len(value) <= SHOWN else f"found a {noun} of {len(value)}"
    typed = tree.typed.get(path, "")
    return f"found {typed}" if len(typed) <= SHOWN + 3 else f"found {len(typed)} characters"


def _find_value(values: object, path: KeyPath) -> object:
    for step in path:
        if isinstance(values, dict):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int):
            values = values[step]
    return values


def _format_example(path: KeyPath) -> str:
    """`; for example {length: 64, stride: 16}` from the schema's own examples."""
    examples = index_fields(find_spec(path[:-1]))[str(path[-1])].examples
    if not examples:
        return "; 'attention-reports schema' describes every key"
    flow = yaml.safe_dump(examples[0], default_flow_style=True, sort_keys=False, width=10_000)
    return f"; for example {path[-1]}: {flow.splitlines()[0]}"


def find_spec(path: KeyPath) -> type[Record]:
    """The spec that describes the mapping at a path."""
    annotation: Any = ManifestSpec
    for step in path:
        annotation = _step_into(annotation, step)
    return next(iter(_find_specs(annotation)))


def index_fields(spec: type[Record]) -> dict[str, FieldInfo]:
    """The fields of a spec by the key that a manifest gives them."""
    return {field.alias or name: field for name, field in spec.model_fields.items()}


def _step_into(annotation: Any, step: str | int) -> Any:
    """What lies at a key of a spec, at a name of a dict or at an index of a tuple."""
    if get_origin(annotation) in {dict, tuple}:
        items = [item for item in get_args(annotation) if item is not Ellipsis]
        return items[-1]
    spec = next(iter(_find_specs(annotation)))
    return index_fields(spec)[str(step)].annotation


def _find_specs(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from _find_specs(part)
