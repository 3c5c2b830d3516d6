"""What was expected of a model, against what its tests say."""

from __future__ import annotations

import pytest

from generator.claims.expectations import judge_expectations
from generator.kinds import Verdict
from generator.records import Claim


def group(*subject: str, verdict: Verdict = Verdict.SUPPORTED) -> Claim:
    return Claim(
        id=f"group:{'+'.join(subject)}",
        granularity="group",
        subject=subject,
        statement="",
        verdict=verdict,
        reason=f"Why {verdict.value}.",
    )


@pytest.mark.parametrize(
    ("verdict", "rests", "not_on"),
    [
        (Verdict.SUPPORTED, "met", "broken"),
        (Verdict.NOT_SUPPORTED, "broken", "met"),
        (Verdict.WEAK, "cannot be told", "cannot be told"),
        (Verdict.NOT_ASSESSED, "cannot be told", "cannot be told"),
        (Verdict.NOT_IDENTIFIABLE, "cannot be told", "cannot be told"),
    ],
)
def test_an_outcome_follows_from_the_verdict(verdict: Verdict, rests: str, not_on: str) -> None:
    """Only what was tested and held, or did not, meets or breaks what was expected."""
    claims = [group("air", verdict=verdict)]
    (one,) = judge_expectations(["air"], [], claims)
    (other,) = judge_expectations([], ["air"], claims)
    assert (one.kind, one.sensors, one.outcome) == ("rests on", ("air",), rests)
    assert (other.kind, other.outcome) == ("does not rest on", not_on)
    told = " So it is neither met nor broken." if rests == "cannot be told" else ""
    assert one.reason == other.reason == f"Why {verdict.value}.{told}"


def test_a_sensor_is_judged_by_its_group() -> None:
    """The row says which others were tested with it; two of one group are one row."""
    claims = [group("air", "fuel", "fan"), group("co")]
    (row,) = judge_expectations(["fan", "air"], [], claims)
    assert row.sensors == ("fan", "air")
    assert row.reason == "Why supported. Tested together with fuel."


def test_expectations_of_sensors_come_in_two_lists() -> None:
    """What it rests on first, group by group, then what it must not rest on."""
    claims = [group("air"), group("co", verdict=Verdict.NOT_SUPPORTED), group("o2")]
    rows = judge_expectations(["air", "co"], ["o2"], claims)
    assert [(r.kind, r.sensors, r.outcome) for r in rows] == [
        ("rests on", ("air",), "met"),
        ("rests on", ("co",), "broken"),
        ("does not rest on", ("o2",), "broken"),
    ]


def test_claims_of_other_kinds_decide_nothing() -> None:
    """A member or a span is not what was expected; a sensor the model does not read has no row."""
    member = group("air").model_copy(update={"granularity": "sensor"})
    assert judge_expectations(["air", "unread"], ["unread"], [member]) == ()
