"""YAML events → values and marks, on a stack of our own.

In: text in which nothing is hidden. Out: what the Reader's fields hold when `read` returns.
Never: recursion as deep as the text, a tag or alias followed, a plain value of YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.manifest.characters import find_first_forbidden
from generator.manifest.mistakes import KeyPath, Mark, Mistake, format_key_path
from generator.words import SHOWN, quote_text

MAX_DEPTH = 20
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]{0,17})(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")


@dataclass
class _OpenNode:
    """A mapping or list that is still open; path is None inside a duplicate's value."""

    holder: dict[str, object] | list[object]
    path: KeyPath | None
    key: str | None = None
    """The key that waits for its value."""
    repeated: bool = False
    first: dict[str, Mark] = field(default_factory=dict)

    @property
    def wants_key(self) -> bool:
        return isinstance(self.holder, dict) and self.key is None

    @property
    def next_path(self) -> KeyPath | None:
        """Where the next value goes; the mapping itself while it waits for a key."""
        if self.path is None or self.repeated:
            return None
        return (
            self.path
            if self.wants_key
            else (*self.path, self.key if self.key is not None else len(self.holder))
        )

    def put(self, value: object) -> None:
        if isinstance(self.holder, list):
            self.holder.append(value)
        elif not self.repeated:
            self.holder[self.key or ""] = value
        self.key, self.repeated = None, False


class _UnreadableError(Exception):
    """The rest of the text cannot be read."""


class YamlReader:
    """Takes YAML events one by one; keeps a stack, so that depth costs no recursion."""

    def __init__(self) -> None:
        self.root: object = None
        self.value_marks: dict[KeyPath, Mark] = {}
        self.key_marks: dict[KeyPath, Mark] = {}
        self.typed: dict[KeyPath, str] = {}
        self.mistakes: list[Mistake] = []
        self.broken = False
        self.documents = 0
        self.stack: list[_OpenNode] = []
        self.here = Mark(1, 1)
        self.path: KeyPath | None = ()

    def read(self, text: str) -> None:
        """All events of the text, up to the first thing that cannot be read."""
        try:
            for event in _parse_events(text):
                self.here = _to_mark(event.start_mark)
                self.path = self.stack[-1].next_path if self.stack else ()
                self.take(event)
        except _UnreadableError:
            self.broken = True
        except yaml.MarkedYAMLError as error:
            self.stop_at(
                _to_mark(error.problem_mark or error.context_mark), _describe_problem(error)
            )
        except (ValueError, OverflowError):  # chr() and int() inside the YAML scanner
            self.stop_at(self.here, "not YAML: an escape or number after this is out of range")
        if not self.documents and not self.broken:
            self.stop_at(Mark(1, 1), "the file is empty; a manifest starts with 'version: 1'")

    def take(self, event: yaml.Event) -> None:
        """One event: a start, an end or a scalar."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.begin_document()
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self.begin_collection(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = self.stack.pop()
            self.place(closed.holder)
        elif isinstance(event, yaml.AliasEvent):
            self.add_scalar(None, f"*{event.anchor}")
            self.note("aliases are not read; write the value out")
        elif isinstance(event, yaml.ScalarEvent):
            self.check_properties(event)
            typed = event.value if event.style is None else quote_text(event.value)
            self.add_scalar(event, typed)

    def begin_document(self) -> None:
        """A document begins; there may be one."""
        self.documents += 1
        if self.documents > 1:
            self.fail("a second document begins here; a manifest is one")

    def begin_collection(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        """A mapping or list begins."""
        if self.stack and self.stack[-1].wants_key:
            self.fail("a key must be text")
        if len(self.stack) >= MAX_DEPTH:
            self.fail(f"nested deeper than {MAX_DEPTH} levels")
        if self.path is not None:
            self.value_marks[self.path] = self.here
        self.check_properties(event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        self.stack.append(_OpenNode({} if mapping else [], self.path))

    def add_scalar(self, event: yaml.ScalarEvent | None, typed: str) -> None:
        """A key, or a value that is not a mapping or list."""
        frame = self.stack[-1] if self.stack else None
        if frame and frame.wants_key:
            self.begin_key(frame, typed if event is None else event.value)
            return
        if self.path is not None:
            self.value_marks[self.path], self.typed[self.path] = self.here, typed
        hidden = event is not None and find_first_forbidden(event.value)
        self.place(None if event is None or hidden else _parse_scalar(event))

    def begin_key(self, frame: _OpenNode, key: str) -> None:
        """The key whose value comes next; every key is text as typed."""
        frame.key = key
        if find_first_forbidden(key):  # noted already; its value goes nowhere
            frame.repeated = True
            return
        self.path = frame.next_path
        if key in frame.first:
            frame.repeated = True
            self.note(f"duplicate key (first at line {frame.first[key].line})")
            return
        frame.first[key] = self.here
        if self.path is not None:
            self.key_marks[self.path] = self.here

    def place(self, value: object) -> None:
        """A finished value goes into what holds it."""
        if self.stack:
            self.stack[-1].put(value)
        else:
            self.root = value

    def check_properties(self, event: yaml.NodeEvent) -> None:
        """Tags and anchors are refused; so are characters that cannot be seen."""
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.note(f"tags are not read (found {quote_text(tag)}); remove it")
        if event.anchor is not None:
            self.note(f"anchors are not read (found &{event.anchor[:SHOWN]}); remove it")
        hidden = find_first_forbidden(event.value) if isinstance(event, yaml.ScalarEvent) else ""
        if hidden:
            self.note(f"holds {hidden}, which cannot be seen; remove it")

    def note(self, message: str) -> None:
        """A mistake here; reading goes on."""
        self.mistakes.append(Mistake(self.here, format_key_path(self.path or ()), message))

    def fail(self, message: str) -> None:
        """A mistake here; reading ends.

        Raises:
            _UnreadableError: always.
        """
        self.note(message)
        raise _UnreadableError

    def stop_at(self, mark: Mark, message: str) -> None:
        """A mistake of the text at a place where reading ended."""
        self.broken = True
        self.mistakes.append(Mistake(mark, "", message))


def _parse_events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=yaml.SafeLoader)


def _to_mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _describe_problem(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "cannot be read")
    if "'\\t'" in problem:
        return "a tab cannot indent YAML; use spaces"
    return f"not YAML: {problem}"


def _parse_scalar(event: yaml.ScalarEvent) -> object:
    """A plain scalar by YAML 1.2's core rules, less what YAML 1.1 reads differently."""
    text: str = event.value
    if event.style is not None:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
