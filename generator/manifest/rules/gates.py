"""What a gate may ask for: one measurement of one report or comparison, and one test.

In: located values, right or wrong. Out: mistakes. Never: a measurement looked up; a way that leads
nowhere breaches its gate after the runs, as a measurement that is not as wanted does.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import to_list, to_mapping
from generator.spec.measurement_path import parse_path
from generator.words import join_names, quote_text, suggest_name

SUBJECTS = ("report", "comparison")
TESTS = ("at_least", "at_most", "is")


def find_gate_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every gate that cannot be judged as it stands, at the key that makes it so."""
    root = to_mapping(tree.values)
    reports = [to_mapping(item).get("id") for item in to_list(root.get("reports"))]
    pairs = [to_list(pair) for pair in to_list(root.get("comparisons"))]
    known = {
        "report": {name for name in reports if isinstance(name, str)},
        "comparison": {f"{pair[0]}--{pair[1]}" for pair in pairs if len(pair) == 2},
    }
    gates = [to_mapping(gate) for gate in to_list(root.get("gates"))]
    for index, gate in enumerate(gates):
        path: KeyPath = ("gates", index)
        if gate:
            yield from _check_one_of(tree, path, gate, SUBJECTS)
            yield from _check_one_of(tree, path, gate, TESTS)
            yield from _check_known(tree, path, gate, known)
            yield from _check_path(tree, (*path, "figure"), gate.get("figure"))
        if gate and gate in gates[:index]:
            line = tree.at_value(("gates", gates.index(gate)), "").mark.line
            yield tree.at_value(path, f"this gate stands here already (line {line})")


def _check_one_of(
    tree: Located, path: KeyPath, gate: dict[str, object], keys: tuple[str, ...]
) -> Iterator[Mistake]:
    """Exactly one of some keys: too many are told at the second, none at the gate."""
    given = [key for key in gate if key in keys]
    choice = join_names(keys, "or")
    if not given:
        yield tree.at_value(path, f"needs one of {choice}")
    for extra in given[1:]:
        yield tree.at_key((*path, extra), f"give one of {choice}, not several")
    for key in given:
        if gate[key] is None:
            yield tree.at_value((*path, key), "must not be empty")


def _check_known(
    tree: Located, path: KeyPath, gate: dict[str, object], known: dict[str, set[str]]
) -> Iterator[Mistake]:
    for noun in SUBJECTS:
        name = gate.get(noun)
        if isinstance(name, str) and name not in known[noun]:
            turned = "--".join(reversed(name.split("--")))
            near = f"did you mean '{turned}'?" if turned in known[noun] else ""
            hint = near or suggest_name(name, known[noun])
            yield tree.at_value((*path, noun), f"no {noun} is called {quote_text(name)} ({hint})")


def _check_path(tree: Located, path: KeyPath, typed: object) -> Iterator[Mistake]:
    if isinstance(typed, str) and typed:
        try:
            parse_path(typed)
        except ValueError as error:
            yield tree.at_value(path, str(error))
