"""The map of the house: each room with its floor, what it does and what it imports.

`python -m tests.house.map` prints the table; with `--write` it goes into CONTRIBUTING. Declared is
only the order of the rooms: what a room does is the first sentence of its docstring, what it
imports is read from its files.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.imports import room_graph, room_imports
from tests.house.tree import ROOT, find_rooms, sources

FLOORS: dict[str, tuple[str, ...]] = {
    "ground": (
        *("templates", "notice", "kinds", "errors", "inputs", "hashing", "records", "attention"),
        *("installed", "words", "disk", "sums"),
    ),
    "spec": ("laws", "spec"),
    "plan": ("manifest",),
    "intake": ("tokens", "models", "agents", "datasets"),
    "capture": ("store", "capture"),
    "meaning": ("measures", "comparison", "gates", "doctor", "effects", "claims", "quality"),
    "output": ("colours", "render", "figures", "exports"),
    "site": ("pages", "site"),
    "proof": ("verify",),
    "builds": ("build",),
    "doors": ("doors", "__main__", "__init__", "greenlang", "benchmarks"),
}
ROOMS = [room for rooms in FLOORS.values() for room in rooms]
RANK = {room: rank for rank, room in enumerate(ROOMS)}
WORDS = {
    "benchmarks": "What this program costs, and how often what it says is true.",
    "greenlang": "The import paths of the guide, each one line.",
    "templates": "The sentences, styles and drawings of pages, as templates.",
}
"""What the rooms do that have no docstring of their own."""

CONTRIBUTING = Path(".github/CONTRIBUTING.md")
OPEN, CLOSE = "<!-- map -->", "<!-- /map -->"


def find_misplaced(root: Path = ROOT) -> list[str]:
    """Rooms that are on no floor, on two, or declared and not there."""
    rooms = set(find_rooms(root))
    nowhere = [f"{room}: on no floor" for room in sorted(rooms - RANK.keys())]
    absent = [f"{room}: declared, not there" for room in ROOMS if room not in rooms]
    twice = [f"{room}: declared twice" for room in sorted({r for r in ROOMS if ROOMS.count(r) > 1})]
    return nowhere + absent + twice


def find_back_flows(root: Path = ROOT) -> list[str]:
    """Rooms that import one above them, each with the files that do."""
    files: dict[str, list[str]] = {}
    for here, there, path in room_imports(root):
        if here in RANK and there in RANK and RANK[there] > RANK[here]:
            files.setdefault(f"{here} imports {there}, which stands above it", []).append(path)
    return [f"{', '.join(paths)}: {arrow}" for arrow, paths in files.items()]


def describe_rooms(root: Path = ROOT) -> dict[str, str]:
    """Room -> what it does in one sentence; '' where it does not say."""
    heads = {each.room: each for each in sources(root) if _is_head(each.path)}
    texts = {room: ast.get_docstring(head.syntax) or "" for room, head in heads.items()}
    return {room: _first_sentence(texts.get(room, WORDS.get(room, ""))) for room in ROOMS}


def _is_head(path: Path) -> bool:
    """A file of its own in `generator/`, or the one that opens a folder there."""
    parts = path.parts
    return len(parts) == 2 or (len(parts) == 3 and parts[-1] == "__init__.py")


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s", paragraph)[0]


def draw_map(root: Path = ROOT) -> str:
    """The table in Markdown, doors first, the ground last."""
    head = ("| floor | room | what it does | what it imports |", "|---|---|---|---|")
    return "\n".join((*head, *_draw_rows(root)))


def _draw_rows(root: Path) -> Iterator[str]:
    graph, words = room_graph(root), describe_rooms(root)
    for floor, rooms in reversed(FLOORS.items()):
        for room in reversed(rooms):
            below = sorted(graph.get(room, ()), key=lambda each: RANK.get(each, len(RANK)))
            names = " ".join(f"`{each}`" for each in below)
            yield f"| {floor} | `{room}` | {words[room].replace('|', chr(92) + '|')} | {names} |"


def read_map(root: Path = ROOT) -> str:
    """The table as it is committed; '' without its two marks."""
    text = (root / CONTRIBUTING).read_text(encoding="utf-8")
    return text.partition(OPEN)[2].partition(CLOSE)[0].strip()


def write_map(root: Path = ROOT) -> None:
    """Put the table between the two marks in CONTRIBUTING."""
    path = root / CONTRIBUTING
    before, mark, rest = path.read_text(encoding="utf-8").partition(OPEN)
    _, end, after = rest.partition(CLOSE)
    if not (mark and end):
        raise SystemExit(f"{path}: put {OPEN} and {CLOSE} on lines of their own where the map goes")
    path.write_text(f"{before}{OPEN}\n{draw_map(root)}\n{CLOSE}{after}", encoding="utf-8")


def main() -> None:
    """Print the map, or write it."""
    parser = argparse.ArgumentParser(description="The map of the house, drawn from the code.")
    parser.add_argument("--write", action="store_true", help=f"put it into {CONTRIBUTING}")
    if parser.parse_args().write:
        write_map()
    else:
        print(draw_map())  # noqa: T201


if __name__ == "__main__":
    main()
