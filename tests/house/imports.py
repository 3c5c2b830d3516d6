"""Who imports whom, by file and by room.

Every import statement counts, wherever it stands: at the head of a file, inside a function, or for
the type checker alone. `from a.b import c` is an import of `a.b.c` where that is a module, else of
`a.b`. Modules that are imported by a name in a table are not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import networkx as nx

from tests.house.tree import BESIDE, Source, find_rooms, room_of, sources

Graph = dict[str, set[str]]
"""Name -> the names it imports."""


def imports_of(source: Source, modules: set[str]) -> set[str]:
    """Those of some modules that a file imports, itself left out."""
    every = _names_in(source)
    names = {name if name in modules else name.rpartition(".")[0] for name in every}
    return (names & modules) - {source.module}


@cache
def _names_in(source: Source) -> frozenset[str]:
    return frozenset(name for node in ast.walk(source.syntax) for name in _names(node))


def _names(node: ast.AST) -> Iterator[str]:
    """What one statement names; `import a.b` is given a last part that names no module."""
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{each.name}" for each in node.names)
    elif isinstance(node, ast.Import):
        yield from (each.name if "." in each.name else f"{each.name}." for each in node.names)


def file_graph(root: Path) -> Graph:
    """The files of `generator/` by module, its front door left out: that names and loads late."""
    files = [each for each in sources(root) if each.module != "generator"]
    modules = {each.module for each in files}
    return {each.module: imports_of(each, modules) for each in files}


def room_graph(root: Path) -> Graph:
    """The rooms of the tree."""
    graph: Graph = {room: set() for room in find_rooms(root)}
    for here, there, _ in room_imports(root):
        graph[here].add(there)
    return graph


def room_imports(root: Path) -> list[tuple[str, str, str]]:
    """Every import across two rooms: from, to, and the file it stands in."""
    modules = {each.module for each in sources(root)}
    files = [each for folder in ("generator", *BESIDE) for each in sources(root, folder)]
    return sorted(
        {
            (each.room, room_of(module), str(each.path))
            for each in files
            for module in imports_of(each, modules)
            if room_of(module) != each.room
        }
    )


def find_circles(graph: Mapping[str, set[str]]) -> list[str]:
    """Names that import each other, by whatever way, one circle a line."""
    groups = nx.strongly_connected_components(nx.DiGraph(graph))
    return sorted(" <-> ".join(sorted(group)) for group in groups if len(group) > 1)


def find_chain(graph: Mapping[str, set[str]]) -> list[str]:
    """The longest chain of imports, top first; a circle is one link."""
    small = nx.condensation(nx.DiGraph(graph))
    return [" <-> ".join(sorted(small.nodes[at]["members"])) for at in nx.dag_longest_path(small)]


def find_floors(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Names by floor, the ground first: each stands above all it imports, a circle on one floor."""
    small = nx.condensation(nx.DiGraph(graph))
    heights: dict[int, int] = {}
    for at in reversed(list(nx.topological_sort(small))):
        heights[at] = 1 + max((heights[below] for below in small[at]), default=-1)
    floors: list[list[str]] = [[] for _ in range(max(heights.values(), default=-1) + 1)]
    for at, height in heights.items():
        floors[height].extend(small.nodes[at]["members"])
    return [sorted(floor) for floor in floors]
