"""Measurements of a tree: how much a reader must hold in mind. Nothing asserts a quota.

`python -m tests.house.measurements [ROOT] [--offenders] [--tests]`: one line each; what counts is
told in `tree`, `imports`, `functions`, `docstrings` and `map`. ROOT is another checkout, to be set
beside this one; floors are declared for this one, so back-flows are known for rooms it has too.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.docstrings import array_functions, names_error, names_shape, raising_functions
from tests.house.functions import begins_with_verb, functions, has_participle_head, is_counted
from tests.house.imports import file_graph, find_chain, find_circles, find_floors, room_graph
from tests.house.map import find_back_flows
from tests.house.tree import ROOT, find_loose_files, find_rooms, sources

CLAIM_RECORDS = ("Question", "Study", "Effect", "Claim")
"""The records that a number passes from an effect to the claim about it, in their order."""


@dataclass(frozen=True)
class Measurement:
    """A number with its name, and what a reader would look at to change it."""

    name: str
    value: str
    offenders: tuple[str, ...] = ()


def measure(root: Path) -> Iterator[Measurement]:
    """Everything that is read from the files."""
    yield _count("loose files in generator/", find_loose_files(root))
    yield from _measure_rooms(root)
    yield from _measure_imports(root)
    yield from _measure_names(root, "generator")
    yield from _measure_names(root, "benchmarks", "examples")
    yield from _measure_docstrings(root)
    yield _measure_claims(root)


def _count(name: str, offenders: Collection[str]) -> Measurement:
    return Measurement(name, str(len(offenders)), tuple(offenders))


def _measure_rooms(root: Path) -> Iterator[Measurement]:
    graph = room_graph(root)
    floors = [f"{at}: {' '.join(floor)}" for at, floor in enumerate(find_floors(graph), 1)]
    yield _count("rooms", find_rooms(root))
    yield _count("floors", floors)
    yield Measurement("arrows between rooms", str(sum(map(len, graph.values()))))
    yield _count("back-flows: rooms that import one above them", find_back_flows(root))
    yield _count("circles between rooms", find_circles(graph))


def _measure_imports(root: Path) -> Iterator[Measurement]:
    graph = file_graph(root)
    yield _count("circles between files", find_circles(graph))
    yield _count("longest import chain", find_chain(graph))


def _measure_names(root: Path, *folders: str) -> Iterator[Measurement]:
    every = [each for folder in folders for each in functions(root, folder) if is_counted(each)]
    where = " and ".join(folders)
    participles = [each.place for each in every if has_participle_head(each.name)]
    verbless = [each.place for each in every if not begins_with_verb(each.name)]
    share = _share(len(participles), len(every))
    yield Measurement(f"{where}: named by a participle", share, tuple(participles))
    share = _share(len(every) - len(verbless), len(every))
    yield Measurement(f"{where}: begin with a verb", share, tuple(verbless))


def _measure_docstrings(root: Path) -> Iterator[Measurement]:
    arrays, raising = array_functions(root), raising_functions(root)
    silent = [each.place for each in arrays if not names_shape(each)]
    share = _share(len(arrays) - len(silent), len(arrays))
    yield Measurement("public on arrays, name the shape", share, tuple(silent))
    silent = [each.place for each in raising if not names_error(each)]
    share = _share(len(raising) - len(silent), len(raising))
    yield Measurement("public that raise, say so", share, tuple(silent))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} % ({part} of {whole})" if whole else "none"


def _measure_claims(root: Path) -> Measurement:
    absent = find_absent(root)
    value = str(len(CLAIM_RECORDS) - len(absent))
    remark = f" (not there: {', '.join(absent)})" if absent else ""
    return Measurement("record types from effect to claim", value + remark, CLAIM_RECORDS)


def find_absent(root: Path) -> list[str]:
    """Records of `CLAIM_RECORDS` that the tree does not define: their names are out of date."""
    nodes = (node for each in sources(root) for node in each.syntax.body)
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    return [name for name in CLAIM_RECORDS if name not in classes]


def count_tests(root: Path) -> Iterator[Measurement]:
    """What pytest collects: it imports every test, so it takes its time."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    tests = [line for line in run.stdout.splitlines() if "::" in line]
    ours = [line for line in tests if line.startswith("tests/house/")]
    yield _count("tests of the house", ours)
    yield Measurement("tests", str(len(tests)))


def show(measurement: Measurement, offenders: bool) -> str:
    """One line, and one for each offender where they are asked for."""
    line = f"{measurement.name:<50} {measurement.value}"
    return "\n    ".join((line, *(measurement.offenders if offenders else ())))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How much a reader of this tree holds in mind.")
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="another checkout")
    parser.add_argument("--offenders", action="store_true", help="list what each one counts")
    parser.add_argument("--tests", action="store_true", help="collect and count the tests too")
    options = parser.parse_args()
    root = options.root.resolve()
    for each in measure(root):
        print(show(each, options.offenders), flush=True)  # noqa: T201
    for each in count_tests(root) if options.tests else ():
        print(show(each, options.offenders))  # noqa: T201


if __name__ == "__main__":
    main()
