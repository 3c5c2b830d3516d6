"""Gates on documents made by hand: what passes, and that a slip never does."""

from __future__ import annotations

from typing import Any

import pytest

from generator.gates.evaluate import evaluate
from generator.gates.judge import describe_value, judge_gate
from generator.gates.measurement import MissingMeasurement, find_measurement, item_name
from generator.records import Thresholds
from generator.records.comparison import ComparisonRecord, SideRecord
from generator.spec.measurement_path import parse_path
from tests.gates_by_hand import make_gate, make_pair_gate
from tests.site.records_for_pages import make_failed_run, make_sensor_run

DOCUMENT: dict[str, Any] = {
    "quality": {
        "scores": [
            {"measure": "ROC AUC", "model": 0.95, "rules": {"last CO value": 0.8}},
            {"measure": "average precision", "model": 0.7, "rules": {}},
        ],
        "words": "good",
        "adequacy": None,
        "passed": True,
    },
    "sensors": [{"sensor": {"name": "temp[1]"}, "low": 3}, {"sensor": {"name": "b.c"}, "low": 4}],
    "layers": [{"layer": 4, "focus": 0.5}, {"layer": 5, "focus": 0.6}],
    "heads": [{"layer": 0, "head": 1, "focus": 0.25}],
    "groups": [["a", "b"], ["c"]],
    "expectations": [{"kind": "rests on", "sensors": ["a", "b"], "outcome": "met"}],
    "twice": [{"name": "x", "n": 1}, {"name": "x", "n": 2}],
    "bad": float("nan"),
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("quality.scores[ROC AUC].model", 0.95),
        ("quality.scores[1].model", 0.7),
        ("quality.scores[ROC AUC].rules.last CO value", 0.8),
        ("quality[words]", "good"),
        ("quality.passed", True),
        ("sensors[temp[1]].low", 3),
        ("sensors[b.c].low", 4),
        ("layers[5].focus", 0.6),
        ("heads[0.1].focus", 0.25),
        ("groups[0][1]", "b"),
        ("expectations[rests on:a+b].outcome", "met"),
    ],
)
def test_a_figure_is_found(path: str, found: object) -> None:
    """By key, by the item's own name, by index where it has no number for a name."""
    assert find_measurement(DOCUMENT, parse_path(path)) == found


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("qualty.words", "there is no \"qualty\" in the document (did you mean 'quality'?)"),
        ("quality.scores[ROC AUK].model",
         "there is no \"ROC AUK\" in quality.scores (did you mean 'ROC AUC'?)"),
        ("quality.scores[2].model",
         'there is no "2" in quality.scores (known: ROC AUC, average precision)'),
        ("quality.scores.model",
         "quality.scores is a list: choose an item in brackets (known: ROC AUC, average "
         "precision)"),
        ("quality.scores[ROC AUC]",
         "quality.scores[ROC AUC] is a whole part: name a figure of it (known: measure, model, "
         "rules)"),
        ("groups", "groups is a list: choose an item in brackets (by index, 0 to 1)"),
        ("groups[2]", 'there is no "2" in groups (by index, 0 to 1)'),
        ("quality.words.first", 'quality.words is a text: there is no "first" below it'),
        ("quality.adequacy", "quality.adequacy is empty here: there is no such figure"),
        ("quality.adequacy.passed",
         'quality.adequacy is empty here: there is no "passed" below it'),
        ("twice[x].n", '2 items of twice are called "x"'),
        ("layers[0].focus", 'there is no "0" in layers (known: 4, 5)'),
        ("bad", "bad is no number here"),
    ],
)  # fmt: skip
def test_a_way_that_leads_nowhere_says_where_it_ends(path: str, says: str) -> None:
    """Which step is not there, and what is; and its gate is breached, whatever it wants."""
    with pytest.raises(MissingMeasurement) as why:
        find_measurement(DOCUMENT, parse_path(path))
    assert str(why.value) == says
    for test in ({"at_least": -1e9}, {"at_most": 1e9}, {"is_": ["good", "", 0, False]}):
        outcome = judge_gate(make_gate(path, **test), DOCUMENT)
        assert (outcome.state, outcome.found, outcome.sentence) == ("breached", None, says)


@pytest.mark.parametrize(
    ("path", "test", "state"),
    [
        ("quality.scores[0].model", {"at_least": 0.95}, "passed"),
        ("quality.scores[0].model", {"at_least": 0.9501}, "breached"),
        ("quality.scores[0].model", {"at_most": 0.95}, "passed"),
        ("quality.scores[0].model", {"at_most": 0.94}, "breached"),
        ("quality.words", {"is_": "good"}, "passed"),
        ("quality.words", {"is_": ["fine", "good"]}, "passed"),
        ("quality.words", {"is_": "Good"}, "breached"),
        ("quality.passed", {"is_": True}, "passed"),
        ("quality.passed", {"is_": 1}, "breached"),
        ("quality.passed", {"is_": "true"}, "breached"),
        ("quality.passed", {"at_least": 0}, "breached"),
        ("quality.words", {"at_least": 0}, "breached"),
        ("sensors[b.c].low", {"is_": 4.0}, "passed"),
        ("sensors[b.c].low", {"is_": "4"}, "breached"),
    ],
)
def test_a_figure_is_judged_for_what_it_is(path: str, test: dict[str, Any], state: str) -> None:
    """Limits belong to what is allowed; a text is no number, and true is not 1."""
    assert judge_gate(make_gate(path, **test), DOCUMENT).state == state


def test_the_sentence_says_what_was_found_and_wanted() -> None:
    """Numbers rounded; texts in quotation marks; a text in a number's place named so."""
    assert judge_gate(make_gate("quality.scores[0].model", at_least=0.9), DOCUMENT).sentence == (
        "quality.scores[0].model is 0.95; wanted: at least 0.9"
    )
    assert judge_gate(make_gate("quality.words", is_=["fine", "fair"]), DOCUMENT).sentence == (
        "quality.words is “good”; wanted: “fine” or “fair”"
    )
    assert judge_gate(make_gate("quality.words", at_most=2), DOCUMENT).sentence == (
        "quality.words is “good”, no number; wanted: at most 2"
    )


def test_rounding_never_hides_a_breach() -> None:
    """Four digits, and all of them where four would look as wanted."""
    assert describe_value(make_gate("x", at_least=0.9), 0.956789) == "0.9568"
    assert describe_value(make_gate("x", at_least=0.9), 0.899999) == "0.899999"
    assert describe_value(make_gate("x", at_least=0.9), 123456.0) == "123500"


def test_an_item_without_a_name_has_its_index_only() -> None:
    """Plain values, and records that nothing tells apart."""
    assert [item_name(item) for item in ("a", 3, {"value": 1}, None)] == [None] * 4


def test_a_report_that_is_not_there_breaches_its_gates() -> None:
    """Failed, or left out: each said so; the others are judged."""
    right, failed = make_sensor_run()[0], make_failed_run()
    figure = "quality.scores[ROC AUC].model"
    gates = [
        make_gate(figure, report=right.id, at_least=0.9),
        make_gate(figure, report=failed.id, at_least=0.9),
        make_gate(figure, report="late", at_least=0.9),
    ]
    found = evaluate(gates, Thresholds(floor_sd=0.2), [right, failed])
    assert [outcome.state for outcome in found.gates] == ["passed", "breached", "breached"]
    assert found.gates[0].found == 0.957
    assert found.gates[1].sentence.startswith(f"report {failed.id} failed at model: ")
    assert found.gates[2].sentence == (
        "report late is not on this site: this build left it out and the store has no record of it"
    )
    assert found.changed_thresholds == ("floor_sd",)


def test_a_comparison_is_judged_like_a_report() -> None:
    """Its own document; one that could not be made breaches its gates with its reason."""
    side = SideRecord(id="a", state="built")
    other = SideRecord(id="b", state="built")
    made = ComparisonRecord(id="a--b", dataset="d", simulated=True, a=side, b=other, windows=40)
    wanted = make_pair_gate("a--b", "windows", at_least=40)
    assert evaluate([wanted], Thresholds(), [], [made]).gates[0].state == "passed"
    missing = made.model_copy(update={"missing": "report b failed at reading data: no rows"})
    outcome = evaluate([wanted], Thresholds(), [], [missing]).gates[0]
    assert outcome.state == "breached"
    assert outcome.sentence == (
        "comparison a--b was not made: report b failed at reading data: no rows"
    )
