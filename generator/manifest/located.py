"""YAML text → plain values, with the line and column of every key and value.

In: the bytes of a manifest. Out: `Located`: dicts, lists, text, numbers, true/false, null; the
marks; the mistakes of the text itself. YAML 1.2's plain values only: `no`, `012`, `12:30:00` and
`.nan` are text. Never: an alias, a tag, a second document, a variable filled in, deep recursion.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.manifest.characters import decode, find_forbidden
from generator.manifest.mistakes import KeyPath, Mark, Mistake, format_key_path
from generator.manifest.reader import YamlReader


@dataclass(frozen=True)
class Located:
    """The values of a file, where each stands, and what is wrong with the text."""

    values: object
    value_marks: dict[KeyPath, Mark]
    key_marks: dict[KeyPath, Mark]
    typed: dict[KeyPath, str]
    """Each scalar as it stands in the file, quotes included where it had some."""
    mistakes: tuple[Mistake, ...]
    readable: bool
    """False where the text broke off: values are then incomplete and not to be judged."""

    def at_value(self, path: KeyPath, message: str) -> Mistake:
        """A mistake at the value of a path."""
        return Mistake(self.value_marks.get(path, Mark(1, 1)), format_key_path(path), message)

    def at_key(self, path: KeyPath, message: str) -> Mistake:
        """A mistake at the key of a path (an item of a list has none: its value)."""
        mark = self.key_marks.get(path) or self.value_marks.get(path, Mark(1, 1))
        return Mistake(mark, format_key_path(path), message)

    def at_parent(self, path: KeyPath, message: str) -> Mistake:
        """A mistake about a key that is not there: at the key that should hold it."""
        parent = self.at_key(path[:-1], message) if path[:-1] else None
        return Mistake(parent.mark if parent else Mark(1, 1), format_key_path(path), message)


def read_located(data: bytes) -> Located:
    """The values of YAML bytes with their places; what is wrong is listed, never raised."""
    text, mistakes = decode(data)
    mistakes = mistakes or list(find_forbidden(text))
    reader = YamlReader()
    if not mistakes:
        reader.read(text)
    return Located(
        reader.root,
        reader.value_marks,
        reader.key_marks,
        reader.typed,
        (*mistakes, *reader.mistakes),
        readable=not mistakes and not reader.broken,
    )
