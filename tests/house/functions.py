"""Functions of a tree by their names: which are named by a participle, which begin with a verb.

Counted is every `def` but dunders, properties and pure functions named after the quantity they
return (`entropy` stays `entropy`). Methods, private functions and functions within functions count.
The words are lists in `words/`, one word or whole name a line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.house.tree import Source, sources

WORDS = Path(__file__).parent / "words"
NUMBERS = re.compile(r"\b(?:float|int|ndarray|Tensor|T)\b")
"""Results that are a quantity."""

Def = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    """One `def`.

    Attributes:
        path: the file it stands in.
        node: its syntax.
        owner: the class it is a method of, '' for none.
        inner: it stands within a function.
    """

    path: Path
    node: Def
    owner: str = ""
    inner: bool = False

    @property
    def name(self) -> str:
        """As it is called."""
        return self.node.name

    @property
    def place(self) -> str:
        """Where it is found: file, line, name."""
        return f"{self.path}:{self.node.lineno}: {self.name}"

    @property
    def docstring(self) -> str:
        """'' for none."""
        return ast.get_docstring(self.node) or ""

    @property
    def length(self) -> int:
        """Lines from `def` to the end, docstring left out."""
        first = self.node.body[0]
        words = (first.end_lineno or 0) - first.lineno + 1 if self.docstring else 0
        return (self.node.end_lineno or 0) - self.node.lineno + 1 - words

    @property
    def public(self) -> bool:
        """Neither it nor its class is private, and it can be called from outside."""
        return not (self.name.startswith("_") or self.owner.startswith("_") or self.inner)


@cache
def functions(root: Path, folder: str = "generator") -> tuple[Function, ...]:
    """All functions of a folder, file by file."""
    return tuple(each for source in sources(root, folder) for each in _walk(source, source.syntax))


def _walk(
    source: Source, node: ast.AST, owner: str = "", inner: bool = False
) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Def):
            yield Function(source.path, child, owner, inner)
            yield from _walk(source, child, owner, inner=True)
        elif not isinstance(child, ast.expr):
            name = child.name if isinstance(child, ast.ClassDef) else owner
            yield from _walk(source, child, name, inner)


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of one list; lines that begin with # are remarks."""
    lines = (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def begins_with_verb(name: str) -> bool:
    """`read_table` does; `is_event` too; `label_rows`, not `label` or `label_of`."""
    first, *rest = name.strip("_").split("_")
    has_object = bool(rest) and rest[0] not in word_list("prepositions")
    return first in word_list("verbs") or (has_object and f"{first}_" in word_list("verbs"))


def has_participle_head(name: str) -> bool:
    """`moved_by` and `_asked` are; `held_windows` is named by its windows, `load_checked` acts."""
    return not begins_with_verb(name) and head_of(name) in word_list("participles")


def head_of(name: str) -> str:
    """The last word before the first preposition: what the rest of the name adds to."""
    words, ends = name.strip("_").split("_"), word_list("prepositions")
    start = 1 if words[0] in ends and len(words) > 1 else 0
    stop = (at for at, word in enumerate(words) if at > start and word in ends)
    words = words[start : next(stop, len(words))]
    while len(words) > 1 and words[-1] in word_list("particles"):
        words.pop()
    return words[-1]


def is_counted(function: Function) -> bool:
    """Whether its name is one that is counted."""
    dunder = function.name.startswith("__") and function.name.endswith("__")
    return not (dunder or _is_property(function.node) or is_quantity(function))


def _is_property(node: Def) -> bool:
    names = [ast.unparse(each) for each in node.decorator_list]
    return any(name.endswith(("property", ".setter", ".getter")) for name in names)


def is_quantity(function: Function) -> bool:
    """A pure function named after the quantity it returns."""
    listed = {function.name.strip("_"), head_of(function.name)} & word_list("quantities")
    result = ast.unparse(function.node.returns) if function.node.returns else "None"
    returns = NUMBERS.search(result) and not begins_with_verb(function.name)
    return bool(listed and returns) and not any(map(_acts, ast.walk(function.node)))


def _acts(node: ast.AST) -> bool:
    """A call for its effect, a value set on an object, a yield."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store)
    return isinstance(node, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal)
