"""The Python files of a tree, parsed once, and the room each stands in.

In: the root of a checkout. Out: sources. A folder of `generator/` is one room with all that is
below it; a file that lies loose there is a room of its own; folders beside `generator/` are one
room each. Never: an import of what is looked at, so that another version can be measured too.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BESIDE = ("benchmarks", "greenlang", "templates")
"""Folders beside `generator/` that are rooms."""
DATA = {"starter", "templates", "__pycache__"}
"""Folders whose files are data to the program, Python or not."""


@dataclass(frozen=True, eq=False)
class Source:
    """One Python file.

    Attributes:
        path: below the root.
        text: what it holds.
        syntax: the same, parsed.
    """

    path: Path
    text: str
    syntax: ast.Module

    @property
    def module(self) -> str:
        """Its dotted name; a package's own file has the name of the package."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """Where it stands; the package's own file is the room `__init__`."""
        return room_of(self.module)


def room_of(module: str) -> str:
    """The room of a module by its dotted name."""
    first, *below = module.split(".")
    if first != "generator":
        return first
    return below[0] if below else "__init__"


@cache
def sources(root: Path, folder: str = "generator") -> tuple[Source, ...]:
    """The files of one folder, sorted; none where it is not there."""
    paths = (path.relative_to(root) for path in sorted((root / folder).rglob("*.py")))
    code = (path for path in paths if not DATA.intersection(path.parts[1:-1]))
    return tuple(_parse(root, path) for path in code)


def _parse(root: Path, path: Path) -> Source:
    text = (root / path).read_text(encoding="utf-8")
    return Source(path, text, ast.parse(text))


def find_loose_files(root: Path) -> list[str]:
    """Files that lie loose in `generator/`."""
    return [str(each.path) for each in sources(root) if len(each.path.parts) == 2]


def find_rooms(root: Path) -> list[str]:
    """Every room of the tree, sorted."""
    beside = {folder for folder in BESIDE if (root / folder).is_dir()}
    return sorted({each.room for each in sources(root)} | beside)
