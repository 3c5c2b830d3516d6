"""A build as JUnit XML, the form in which CI shows tests.

In: the result of a build. Out: one suite per report (its run, what was expected of its model, its
gates) and one of comparisons. Never: a clock or a duration; the same build, the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from generator.exports.output import open_whole_file
from generator.notice import NOTICE
from generator.records import ExpectationRow, GateOutcome
from generator.records.outcome import BuildResult, RunOutcome
from generator.render import make_inert

NAME = "attention-reports"
COMPARISONS = "comparisons"
NO_TIME = "0"  # a duration would make two equal builds differ
LEFT_OUT = "this build left it out and the store has no record of it"
NOT_XML = dict.fromkeys((0xFFFE, 0xFFFF))
Ending = Literal["", "failure", "error", "skipped"]


@dataclass(frozen=True)
class Case:
    """One thing that went well, or not, and why."""

    about: str
    name: str
    ending: Ending = ""
    why: str = ""


def write_junit(result: BuildResult, path: Path) -> Path:
    """Write the outcome of a build, in one step; returns the path."""
    root = build_suites(result)
    indent(root)
    with open_whole_file(path) as beside:
        beside.write_bytes(tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return path


def build_suites(result: BuildResult) -> Element:
    """The root element: reports in the manifest's order, then comparisons."""
    ended = {outcome.id: outcome for outcome in result.outcomes}
    made = [
        (name, tuple(_list_report_cases(name, ended.get(name), result.gates.about(name))))
        for name in result.reports
    ]
    if result.comparisons:
        made.append((COMPARISONS, tuple(_list_comparison_cases(result))))
    every = _count_endings(case for _, cases in made for case in cases)
    del every["skipped"]  # the schemas know it of suites only
    root = Element("testsuites", {"name": NAME, **every})
    for name, cases in made:
        _add_suite(root, name, cases)
    return root


def _list_report_cases(
    name: str, outcome: RunOutcome | None, gates: tuple[GateOutcome, ...]
) -> Iterator[Case]:
    yield (
        Case(name, "run", "skipped", LEFT_OUT)
        if outcome is None
        else _make_outcome_case(outcome, "run")
    )
    for row in outcome.expectations if outcome else ():
        yield _make_expectation_case(name, row)
    yield from (_make_gate_case(gate) for gate in gates)


def _list_comparison_cases(result: BuildResult) -> Iterator[Case]:
    for outcome in result.comparisons:
        yield _make_outcome_case(outcome, "comparison")
        yield from (_make_gate_case(gate) for gate in result.gates.about(outcome.id))


def _make_outcome_case(outcome: RunOutcome, name: str) -> Case:
    endings: dict[str, Ending] = {"failed": "error", "left out": "skipped"}
    ending = endings.get(outcome.state, "")
    return Case(outcome.id, name, ending, outcome.detail if ending else "")


def _make_expectation_case(about: str, row: ExpectationRow) -> Case:
    endings: dict[str, Ending] = {"broken": "failure", "cannot be told": "skipped"}
    ending = endings.get(row.outcome, "")
    name = f"expected: {row.kind} {', '.join(row.sensors)}"
    return Case(about, name, ending, row.reason if ending else "")


def _make_gate_case(outcome: GateOutcome) -> Case:
    gate = outcome.gate
    ending: Ending = "failure" if outcome.breached else ""
    name = f"gate: {gate.figure}: {gate.wanted}"
    return Case(gate.about, name, ending, outcome.sentence if ending else "")


def _add_suite(root: Element, name: str, cases: tuple[Case, ...]) -> None:
    suite = SubElement(root, "testsuite", {"name": name, **_count_endings(cases)})
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", {"name": "intended_use", "value": NOTICE})
    for case in cases:
        about = {"classname": case.about, "name": _to_xml_text(case.name), "time": NO_TIME}
        element = SubElement(suite, "testcase", about)
        if case.ending:
            kind = case.name.partition(":")[0]
            SubElement(element, case.ending, {"type": kind, "message": _to_xml_text(case.why)})


def _count_endings(cases: Iterable[Case]) -> dict[str, str]:
    endings = [case.ending for case in cases]
    return {
        "tests": str(len(endings)),
        "failures": str(endings.count("failure")),
        "errors": str(endings.count("error")),
        "skipped": str(endings.count("skipped")),
        "time": NO_TIME,
    }


def _to_xml_text(text: str) -> str:
    """The text without the characters that XML has no way to write."""
    return make_inert(text).translate(NOT_XML)
