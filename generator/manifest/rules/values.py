"""What the rules share: values read for what they are, and mistakes that several keys can have.

In: a located value, right or wrong. Out: a mapping, a list, or mistakes. Never: a wrong type told;
the schema does that.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.words import quote_text, suggest_name


def to_mapping(value: object) -> dict[str, object]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def to_list(value: object) -> list[object]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def find_unknown(
    tree: Located, path: KeyPath, name: object, noun: str, section: object
) -> Iterator[Mistake]:
    """A mistake where a name is no key of a section; `noun` says what it should name."""
    known = to_mapping(section)
    if isinstance(name, str) and name not in known:
        hint = suggest_name(name, known)
        yield tree.at_value(path, f"no {noun} is called {quote_text(name)} ({hint})")


def find_repeats(
    tree: Located, path: KeyPath, values: list[object], kind: type[str] | type[int]
) -> Iterator[Mistake]:
    """A mistake for each text, or whole number, of a list that stands before it already."""
    met = set[object]()
    for index, value in enumerate(values):
        if type(value) is not kind:
            continue
        if value in met:
            shown = quote_text(value) if isinstance(value, str) else value
            yield tree.at_value((*path, index), f"{shown} is listed twice")
        met.add(value)
