"""A model's JSON files, read strictly: one mapping of finite numbers, each key once.

In: a path. Out: its keys. Never: a number that is none (`NaN`, `Infinity`, 1e999), the second of
two equal keys taken for the first, a name of a file that would be read instead.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.errors import InputError
from generator.inputs import read_input
from generator.words import quote_text

MOST_BYTES = 64 << 20
DEEPEST = 50
_TOO_DEEP = f"nested deeper than {DEEPEST} levels; a configuration has few"
MAY_BE_INFINITE = ("time_step_limit",)
"""Keys whose published value is an infinity: a limit that limits nothing."""
TAG = "__float__"
"""How transformers writes what JSON has no number for: `{"__float__": "Infinity"}`."""


def read_config_file(path: Path) -> dict[str, Any]:
    """The keys of a JSON file.

    Raises:
        FileNotFoundError: nothing is there.
        InputError: it is no file, no JSON or no mapping, a key stands twice, or a number is not
            finite; by file and key.
    """
    stated = parse_config(path, read_input(path, MOST_BYTES))
    if not isinstance(stated, dict):
        raise InputError(f"{path}: holds no mapping; a model's configuration is one")
    _refuse_depth(path, stated)
    for key, value in walk_keys(stated):
        _refuse_endless(path, key, value)
    return stated


def parse_config(path: Path, data: bytes) -> Any:
    """The value that some JSON bytes hold; InputError where they hold none, or a key twice."""
    try:
        return json.loads(_decode(path, data), object_pairs_hook=lambda p: _refuse_twice(path, p))
    except InputError:
        raise
    except RecursionError:
        raise InputError(f"{path}: {_TOO_DEEP}") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({_shorten(error)})") from error


def walk_keys(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth; an item of a list under the list's key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            yield here, inner
            yield from walk_keys(inner, here)
    elif isinstance(value, list):
        for inner in value:
            if not isinstance(inner, Mapping | list):
                yield path, inner
            yield from walk_keys(inner, path)


def _refuse_depth(path: Path, stated: Any) -> None:
    level, depth = [stated], 0
    while level:
        parts = (one.values() if isinstance(one, dict) else one for one in level)
        level = [each for some in parts for each in some if isinstance(each, dict | list)]
        depth += 1
        if depth > DEEPEST:
            raise InputError(f"{path}: {_TOO_DEEP}")


def _decode(path: Path, data: bytes) -> str:
    if not data.strip():
        raise InputError(f"{path}: is empty; copy the file again")
    if data.startswith(b"\xef\xbb\xbf"):
        raise InputError(f"{path}: begins with a byte order mark; save it as UTF-8 without one")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
        ) from error


def _shorten(error: ValueError) -> str:
    """Where the JSON ends to be one; a number of thousands of digits has no such place."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno} column {error.colno}"
    return "a number has thousands of digits"


def _refuse_twice(path: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise InputError(f"{path}: the key {quote_text(twice)} stands twice; keep one")
    return found


def _refuse_endless(path: Path, key: str, value: Any) -> None:
    """Nothing, where a value is no number or a finite one."""
    inner = value.get(TAG) if isinstance(value, dict) else value
    if isinstance(value, dict) and isinstance(inner, str):
        try:
            inner = float(inner)
        except ValueError:
            return
    if isinstance(inner, bool) or not isinstance(inner, int | float):
        return
    try:
        number = float(inner)
    except OverflowError:
        number = math.inf
    names = set(key.split("."))
    if math.isfinite(number) or (math.isinf(number) and not names.isdisjoint(MAY_BE_INFINITE)):
        return
    raise InputError(f"{path}: {_cut(key)} is {number}, which is no finite number; write one")


def _cut(key: str) -> str:
    return key if len(key) <= 120 else f"{key[:60]}…{key[-59:]}"
