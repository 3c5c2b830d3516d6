"""The house: what each room may import. Floors from the ground up; imports go down or stay."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

GENERATOR = Path(__file__).parents[2] / "generator"
FLOORS = {
    "ground": {
        *("records", "attention", "kinds", "notice", "hashing", "errors"),
        *("installed", "dataset_profile", "reason"),
    },
    "plan": {"manifest", "plan", "progress", "outcome"},
    "intake": {"models", "datasets", "agents", "tokens"},
    "capture": {"capture", "shelf", "store", "profile_store"},
    "meaning": {
        "doctor",
        "measures",
        "summary",
        "quality",
        "attention_record",
        "comparison",
        "effects",
        "claims",
        "gates",
    },
    "output": {"render", "figures", "exports", "artifacts", "comparison_files", "comparison_store"},
    "site": {"pages", "site"},
    "proof": {"verify"},
    "doors": {
        "claiming",
        "siblings",
        "explanation",
        "comparing",
        "pipeline",
        "profiling",
        "visualizer",
        "contents",
        "checked",
        "starter",
        "serve",
        "arguments",
        "cli",
        "cli_doctor",
        "cli_output",
        "__main__",
    },
}
HEIGHT = {room: height for height, rooms in enumerate(FLOORS.values()) for room in rooms}
SOURCES = sorted(
    p for p in GENERATOR.rglob("*.py") if "starter" not in p.relative_to(GENERATOR).parts[:-1]
)


def module_of(path: Path) -> str:
    parts = path.relative_to(GENERATOR.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """Modules of this package that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    modules = {module_of(p) for p in SOURCES}
    return {name for name in found if name in modules and name != "generator"}


def room_of(module: str) -> str:
    return module.split(".")[1]


def test_every_room_stands_on_a_floor() -> None:
    """No file of the package is left out of the drawing."""
    rooms = {room_of(module_of(p)) for p in SOURCES if module_of(p) != "generator"}
    assert rooms == set(HEIGHT)


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_go_down(path: Path) -> None:
    """A file imports only from its own floor and those below."""
    here = module_of(path)
    if here == "generator":
        return  # the front door names public objects and loads them on first use
    above = {m for m in imports_of(path) if HEIGHT[room_of(m)] > HEIGHT[room_of(here)]}
    assert above == set()


def test_no_circles() -> None:
    """The imports of all files form no circle (a package and its own files aside)."""
    graph = {
        module_of(p): {m for m in imports_of(p) if not m.startswith(module_of(p) + ".")}
        for p in SOURCES
        if module_of(p) != "generator"
    }
    order = list(TopologicalSorter(graph).static_order())
    assert len(order) == len(graph)


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_files_stay_readable(path: Path) -> None:
    """A file holds one noun: at most 300 lines."""
    assert len(path.read_text().splitlines()) <= 300


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, docstring left out."""
    first = function.body[0]
    said = ast.get_docstring(function) is not None
    words = (first.end_lineno or 0) - first.lineno + 1 if said else 0
    return (function.end_lineno or 0) - function.lineno + 1 - words


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_functions_stay_readable(path: Path) -> None:
    """A function does one thing: at most 40 lines, its docstring left out."""
    nodes = ast.walk(ast.parse(path.read_text()))
    functions = (n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    assert [f.name for f in functions if lines_of(f) > 40] == []
