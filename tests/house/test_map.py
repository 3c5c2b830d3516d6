"""The rooms of the house: each has one place, and imports go down from it."""

from __future__ import annotations

from tests.house.imports import file_graph, find_circles, room_graph
from tests.house.map import describe_rooms, draw_map, find_back_flows, find_misplaced, read_map
from tests.house.offenders import check_none
from tests.house.tree import ROOT


def test_every_room_stands_on_one_floor() -> None:
    """No file of the program is left out of the map, and the map holds nothing else."""
    check_none(find_misplaced(), "mend FLOORS in tests/house/map.py")


def test_imports_go_down() -> None:
    """A room imports only those that stand before it in the order of `FLOORS`."""
    check_none(find_back_flows(), "move what is imported down, or the rooms in FLOORS")


def test_no_circle_between_rooms() -> None:
    """No two rooms import each other, by whatever way."""
    check_none(find_circles(room_graph(ROOT)), "move what both need into a room below")


def test_no_circle_between_files() -> None:
    """No two files import each other, by whatever way, imports within functions among them."""
    check_none(find_circles(file_graph(ROOT)), "move what both need into a file below")


def test_only_those_who_read_a_manifest_import_its_reader() -> None:
    """The keys are a room of their own: who needs a key's type does not load YAML for it."""
    graph = room_graph(ROOT)
    readers = {room for room, below in graph.items() if "manifest" in below} - {"benchmarks"}
    extra = [f"{room} imports manifest" for room in sorted(readers - {"build", "doors"})]
    check_none(extra, "import the key's type from `generator.spec`")
    assert "manifest" not in graph["spec"]


def test_every_room_says_what_it_does() -> None:
    """The file that opens a room begins with a sentence that ends with a full stop."""
    silent = [room for room, words in describe_rooms().items() if not words.endswith(".")]
    check_none(silent, "begin the docstring of the room with what it does")


def test_the_map_is_drawn_from_the_code() -> None:
    """The table in CONTRIBUTING is the one the program draws."""
    ours, theirs = draw_map().splitlines(), read_map().splitlines()
    lines = [f"drawn, not there: {line}" for line in ours if line not in theirs]
    lines += [f"there, not drawn: {line}" for line in theirs if line not in ours]
    check_none(lines, "run `python -m tests.house.map --write`")
    assert ours == theirs
