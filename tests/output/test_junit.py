"""A build as JUnit XML: what CI counts is what the build said."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from generator.errors import FIRST_OF, ExitCode
from generator.exports.junit import write_junit
from generator.records import ExpectationRow, GatesRecord
from generator.records.outcome import BuildResult, RunOutcome
from tests.gates_by_hand import make_breached, make_gate, make_pair_gate, make_passed

EXPECTED = tuple(
    ExpectationRow(kind="rests on", sensors=("air", "fuel"), outcome=outcome, reason=f"so {n}")
    for n, outcome in enumerate(("met", "broken", "cannot be told"))
)
GATES = GatesRecord(
    gates=(
        make_passed(make_gate("a", report="one", at_least=1), 2.0),
        make_breached(make_gate("b", report="one", at_least=1), "b is 0; wanted: at least 1", 0.0),
        make_breached(make_gate("a", report="two", at_least=1), "report two failed"),
        make_breached(make_pair_gate("one--two", "windows", at_least=1), "was not made"),
    )
)
RESULT = BuildResult(
    site=Path("site"),
    outcomes=(
        RunOutcome(id="one", state="built", expectations=EXPECTED),
        RunOutcome(id="two", state="failed", detail="no \x07rows\ufffe <here> & there"),
    ),
    comparisons=(RunOutcome(id="one--two", state="failed", detail="report two failed"),),
    reports=("one", "two", "late"),
    gates=GATES,
)


@pytest.fixture
def root(tmp_path: Path) -> ET.Element:
    """The document, read by the standard library."""
    return ET.parse(write_junit(RESULT, tmp_path / "out.xml")).getroot()


def test_counts_are_those_of_the_cases(root: ET.Element) -> None:
    """Tests, failures, errors and skipped of every suite, counted again from its cases."""
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped",) * 2):
            assert int(suite.attrib[attribute]) == sum(c.find(tag) is not None for c in cases)
    for attribute in ("tests", "failures", "errors"):
        total = sum(int(suite.attrib[attribute]) for suite in root)
        assert int(root.attrib[attribute]) == total
    assert root.attrib == {
        "name": "attention-reports",
        "tests": "11",
        "failures": "4",
        "errors": "2",
        "time": "0",
    }


def test_every_report_is_a_suite_and_all_comparisons_are_one(root: ET.Element) -> None:
    """In the manifest's order; a report that was left out too."""
    assert [suite.attrib["name"] for suite in root] == ["one", "two", "late", "comparisons"]


def test_every_case_ends_as_the_build_said(root: ET.Element) -> None:
    """Run, expectations, gates, comparison: nothing, failure, error or skipped, with its reason."""
    found = [
        (
            case.attrib["classname"],
            case.attrib["name"],
            [(c.tag, c.attrib["message"]) for c in case],
        )
        for case in root.iter("testcase")
    ]
    assert found == [
        ("one", "run", []),
        ("one", "expected: rests on air, fuel", []),
        ("one", "expected: rests on air, fuel", [("failure", "so 1")]),
        ("one", "expected: rests on air, fuel", [("skipped", "so 2")]),
        ("one", "gate: a: at least 1", []),
        ("one", "gate: b: at least 1", [("failure", "b is 0; wanted: at least 1")]),
        ("two", "run", [("error", "no rows <here> & there")]),
        ("two", "gate: a: at least 1", [("failure", "report two failed")]),
        ("late", "run", [("skipped", "this build left it out and the store has no record of it")]),
        ("one--two", "comparison", [("error", "report two failed")]),
        ("one--two", "gate: windows: at least 1", [("failure", "was not made")]),
    ]


def test_elements_and_attributes_are_those_of_the_schema(root: ET.Element) -> None:
    """As Jenkins' xUnit plugin (junit-10.xsd) and Surefire allow and require them."""
    allowed = {
        "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
        "testsuite": (
            {"name", "tests", "failures", "errors", "skipped", "time"},
            {"properties", "testcase"},
        ),
        "properties": (set(), {"property"}),
        "property": ({"name", "value"}, set()),
        "testcase": ({"classname", "name", "time"}, {"failure", "error", "skipped"}),
        **dict.fromkeys(("failure", "error", "skipped"), ({"type", "message"}, set())),
    }
    for element in root.iter():
        attributes, children = allowed[element.tag]
        assert set(element.attrib) == attributes
        assert {child.tag for child in element} <= children
        assert element.attrib.get("time", "0") == "0"


def test_the_same_build_has_the_same_bytes(tmp_path: Path) -> None:
    """No clock, no duration, no host."""
    one, other = (write_junit(RESULT, tmp_path / name).read_bytes() for name in "ab")
    assert one == other


def test_a_gate_goes_before_a_failed_run() -> None:
    """Exit code 3 where both apply, 1 without breached gates, 0 where all is well."""
    assert RESULT.exit_code == ExitCode.GATE_BREACHED
    assert RESULT.model_copy(update={"gates": GatesRecord()}).exit_code == 1
    assert BuildResult(site=Path("site"), outcomes=()).exit_code == 0


def test_every_exit_code_has_its_place() -> None:
    """The first of 130, 70, 5, 2, 4, 3, 1, else 0; none is forgotten."""
    assert [int(code) for code in FIRST_OF] == [130, 70, 74, 5, 2, 4, 3, 1, 0]
    assert set(FIRST_OF) == set(ExitCode)
