"""The mistakes a person makes in `gates`, each with its place and its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from generator.manifest import load_manifest
from generator.spec.measurement_path import Step, parse_path
from generator.spec.schema import build_manifest_schema

Complaints = Callable[[str | bytes], list[str]]
SAME = "windows: {count: 40, seed: 7}, exports: [svg]"
RIGHT = 'report: by-model, figure: "a.b"'


def with_gates(good: str, *gates: str) -> str:
    """The right manifest with one comparison and some gates."""
    head = good.replace(SAME, "exports: [svg]") + "comparisons:\n  - [by-model, by-agent]\n"
    return head + "gates:\n" + "".join(f"  - {{{gate}}}\n" for gate in gates)


def test_right_gates_are_read_as_typed(project: Path, good: str) -> None:
    """On a report or a comparison; one value stands for a list of one."""
    text = with_gates(
        good,
        f"{RIGHT}, at_least: 0.9",
        f"{RIGHT}, at_most: 2",
        'report: by-agent, figure: "a[b]", is: not supported',
        "comparison: by-model--by-agent, figure: a, is: [1, true, met]",
    )
    (project / "reports.yaml").write_text(text)
    gates = load_manifest(project / "reports.yaml").gates
    assert [gate.about for gate in gates] == [
        *("by-model", "by-model", "by-agent", "by-model--by-agent")
    ]
    assert [gate.wanted for gate in gates] == [
        *("at least 0.9", "at most 2", "“not supported”", "1 or true or “met”")
    ]


@pytest.mark.parametrize(
    ("gate", "path", "said"),
    [
        ('report: ▸by-modl, figure: "a.b", at_least: 1', ".report",
         "no report is called \"by-modl\" (did you mean 'by-model'?)"),
        ("comparison: ▸by-agent--by-model, figure: a, at_least: 1", ".comparison",
         'no comparison is called "by-agent--by-model" (did you mean \'by-model--by-agent\'?)'),
        ("report: by-model, ▸comparison: by-model--by-agent, figure: a, at_most: 1",
         ".comparison", "give one of report or comparison, not several"),
        (f"{RIGHT}, at_least: 1, ▸at_most: 2", ".at_most",
         "give one of at_least, at_most or is, not several"),
        (f"{RIGHT}, at_least: ▸much", ".at_least", "must be a number (found much)"),
        (f"{RIGHT}, is: ▸null", ".is", "must not be empty"),
        (f"{RIGHT}, is: ▸[]", ".is", "must name 1 to 100 values (found 0)"),
        (f"{RIGHT}, is: ▸{{a: 1}}", ".is",
         "must be a text, a number, true or false, or a list of these"),
        (f"{RIGHT}, is: x, ▸iss: x", ".iss", "unknown key (did you mean 'is'?)"),
        ("report: by-model, figure: ▸a..b, is: x", ".figure",
         "must be names with dots between and items in brackets, such as "
         'quality.scores[ROC AUC].model (found "a..b")'),
    ],
)  # fmt: skip
def test_a_wrong_gate_is_told_where_it_stands(
    complaints: Complaints, good: str, gate: str, path: str, said: str
) -> None:
    """At the key or value that is to blame, and once."""
    before, after = with_gates(good, gate).split("▸")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert complaints(before + after) == [f"m.yaml:{line}:{column}: gates[0]{path}: {said}"]


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("figure: a, at_least: 1", "gates[0]: needs one of report or comparison"),
        (RIGHT, "gates[0]: needs one of at_least, at_most or is"),
        ("report: by-model, at_least: 1",
         "gates[0].figure: is missing; for example figure: quality.scores[ROC AUC].model"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_at_the_gate(
    complaints: Complaints, good: str, gate: str, said: str
) -> None:
    """Line and column of the gate itself."""
    text = with_gates(good, gate)
    line = text.count("\n")
    assert complaints(text) == [f"m.yaml:{line}:5: {said}"]


def test_a_gate_stands_once(complaints: Complaints, good: str) -> None:
    """The same figure with the same test again, keys in another order."""
    text = with_gates(good, f"{RIGHT}, at_least: 1", f"at_least: 1, {RIGHT}")
    line = text.count("\n")
    says = f"gates[1]: this gate stands here already (line {line - 1})"
    assert complaints(text) == [f"m.yaml:{line}:5: {says}"]


def test_a_path_is_read_step_by_step() -> None:
    """Names between dots, items in brackets, brackets within brackets."""
    assert parse_path("a.b c[d.e][f[1]].g") == (
        *(Step("a", False), Step("b c", False), Step("d.e", True)),
        *(Step("f[1]", True), Step("g", False)),
    )


@pytest.mark.parametrize(
    "path", ["", ".a", "a.", "a..b", "[a]", "a[", "a[]", "a[ ]", "a]b", "a[b]c", "a.[b]", "a\nb"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    """A step without a name, an open bracket, two lines."""
    with pytest.raises(ValueError, match="must be names with dots between"):
        parse_path(path)


@pytest.mark.parametrize(
    ("gate", "right"),
    [
        (f"{RIGHT}, at_least: 1", True),
        (f"{RIGHT}, is: [a, 1]", True),
        ("figure: a, is: b", False),
        (f"{RIGHT}", False),
        (f"{RIGHT}, is: a, at_least: 1", False),
        (f"{RIGHT}, allowed: a", False),
    ],
)
def test_the_schema_knows_gates(good: str, gate: str, right: bool) -> None:
    """One of report and comparison, one test, under the manifest's own keys."""
    document = yaml.safe_load(with_gates(good, gate))
    errors = list(jsonschema.Draft202012Validator(build_manifest_schema()).iter_errors(document))
    assert (errors == []) == right, errors
