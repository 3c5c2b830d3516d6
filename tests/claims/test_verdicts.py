"""Five verdicts, each with every reason there is for it, in its exact words."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from generator.claims.effect import Effect
from generator.claims.verdicts import judge_effect
from generator.kinds import Task, Verdict
from generator.records import Adequacy, Interval, Thresholds

LIMITS = Thresholds()
GOOD = Adequacy(
    measure="RMSE",
    rule="training mean",
    ahead=Interval(estimate=24, low=15, high=32),
    unit="%",
    needed=10,
    periods=41,
    passed=True,
    words="The model is 24.0 % ahead.",
)
BAD = GOOD.model_copy(update={"passed": False, "words": "The model is behind."})


@dataclass(frozen=True)
class GivenTerms:
    """What an effect is judged on, each term as it is given."""

    adequacy: Adequacy = GOOD
    limits: Thresholds = LIMITS
    task: Task = "value"
    unit: str = "kW"
    period_word: str = "run"
    floor: float = 0.1
    shown_floor: float = 0.0
    alpha: float = 0.05
    outside: float = 0.01
    is_marked: bool = False


TERMS = GivenTerms()
HELD = Effect(
    effect=Interval(estimate=11, low=9, high=13),
    effect_sd=Interval(estimate=0.5, low=0.4, high=0.6),
    named_sd=0.55,
    second_sd=0.45,
    p=0.001,
    periods=41,
    share=38 / 41,
    raised=None,
    windows=123,
    unusual=0.02,
    act="Exchanging it for normal values at a similar load",
)
PLAIN = "Exchanging it for normal values"
SMALL = Interval(estimate=0.05, low=0.03, high=0.08)


def change_effect(changed: Mapping[str, object]) -> Effect:
    """The effect that held, with what of this is an effect's."""
    return _change(HELD, changed)


def change_terms(changed: Mapping[str, object]) -> GivenTerms:
    """The usual terms, with what of this is a term."""
    return _change(TERMS, changed)


def _change(record: Any, changed: Mapping[str, object]) -> Any:
    names = {field.name for field in fields(record)}
    return replace(record, **{name: changed[name] for name in names & changed.keys()})


CASES = [
    ({}, Verdict.SUPPORTED,
     "Exchanging it for normal values at a similar load changed the prediction by "
     "11 (9.0 to 13) kW on average; it made a difference in 38 of 41 runs."),
    ({"act": PLAIN}, Verdict.SUPPORTED,
     "Exchanging it for normal values changed the prediction by "
     "11 (9.0 to 13) kW on average; it made a difference in 38 of 41 runs."),
    ({"task": "event", "unit": "points"}, Verdict.SUPPORTED,
     "Exchanging it for normal values at a similar load changed the probability of the warning by "
     "11 (9.0 to 13) points on average; it made a difference in 38 of 41 runs."),
    ({"second_sd": None}, Verdict.SUPPORTED,
     "Exchanging it for normal values at a similar load changed the prediction by "
     "11 (9.0 to 13) kW on average; it made a difference in 38 of 41 runs."),
    ({"effect_sd": Interval(estimate=0.15, low=0.08, high=0.22)}, Verdict.WEAK,
     "It has an effect of 0.15 of the answer's usual spread, but how large it is over further "
     "runs cannot be told well: it may lie below the 0.10 that counts."),
    ({"effect_sd": Interval(estimate=0.09, low=0.02, high=0.16), "period_word": "stretch of 6 h"},
     Verdict.WEAK,
     "The best estimate, 0.090 of the answer's usual spread, lies below the 0.10 that counts, but "
     "over further stretches of 6 h it may lie above: neither an effect nor its absence was "
     "shown."),
    ({"p": 0.06}, Verdict.WEAK,
     "It has an effect of 0.50 of the answer's usual spread, but of all the claims tested together "
     "some would look like this by chance (corrected p 0.060, at most 0.050 is allowed)."),
    ({"p": 0.06, "effect_sd": Interval(estimate=0.15, low=0.08, high=0.22)}, Verdict.WEAK,
     "It has an effect of 0.15 of the answer's usual spread, but how large it is over further "
     "runs cannot be told well: it may lie below the 0.10 that counts."),
    ({"effect_sd": Interval(estimate=0.5)}, Verdict.WEAK,
     "It has an effect of 0.50 of the answer's usual spread, but how large it is over further "
     "runs cannot be told well: it may lie below the 0.10 that counts."),
    ({"task": "event", "unit": "points", "effect": Interval(estimate=0.5, low=0.4, high=0.6),
      "shown_floor": 1.0}, Verdict.WEAK,
     "It moves the score behind the probability, but the probability itself by "
     "0.50 (0.40 to 0.60) points: 1.0 must be passed to count."),
    ({"task": "class", "unit": "points", "is_marked": True}, Verdict.WEAK,
     "It has an effect, but no healthy class is named in the manifest: what was put in its place "
     "may be the mark of another class."),
    ({"periods": 9}, Verdict.WEAK,
     "It has an effect, but only 9 runs could be tested; 10 are needed."),
    ({"periods": 6}, Verdict.WEAK,
     "It has an effect, but only 6 runs could be tested; 10 are needed."),
    ({"named_sd": 0.1}, Verdict.WEAK,
     "It has an effect in the periods it was tested on, but not in those that name claims."),
    ({"named_sd": None}, Verdict.WEAK,
     "It has an effect in the periods it was tested on, but not in those that name claims."),
    ({"named_sd": 1.01}, Verdict.WEAK,
     "Its effect was less than half of that in the periods that named it."),
    ({"second_sd": 0.1}, Verdict.WEAK,
     "It has an effect, but two methods disagree on its size."),
    ({"unusual": 0.21}, Verdict.WEAK,
     "It has an effect, but 21.0% of the windows that the exchange makes are unlike those the "
     "model was trained on; at most 20% may be."),
    ({"outside": 0.5}, Verdict.WEAK,
     "It has an effect, but 50.0% of the windows are unlike those the model was trained on; at "
     "most 20% may be."),
    ({"agreement": 0.4}, Verdict.WEAK,
     "It has an effect, but two methods put the groups in different orders (Kendall's tau 0.40; "
     "0.60 is needed)."),
    ({"agreement": 0.6}, Verdict.SUPPORTED,
     "Exchanging it for normal values at a similar load changed the prediction by "
     "11 (9.0 to 13) kW on average; it made a difference in 38 of 41 runs."),
    ({"effect_sd": SMALL}, Verdict.NOT_SUPPORTED,
     "Exchanging it for normal values at a similar load changed the answer by less than 0.10 of "
     "its usual spread: no noticeable effect here."),
    ({"effect_sd": SMALL, "act": PLAIN, "periods": 6}, Verdict.NOT_SUPPORTED,
     "Exchanging it for normal values changed the answer by less than 0.10 of "
     "its usual spread: no noticeable effect here."),
    ({"periods": 5}, Verdict.NOT_ASSESSED,
     "Only 5 runs to test it on; at least 6 independent ones are needed."),
    ({"periods": 1, "period_word": "stretch of 6 h"}, Verdict.NOT_ASSESSED,
     "Only 1 stretch of 6 h to test it on; at least 6 independent ones are needed."),
    ({"periods": 5, "effect_sd": SMALL}, Verdict.NOT_ASSESSED,
     "Only 5 runs to test it on; at least 6 independent ones are needed."),
    ({"missing": 0.51}, Verdict.NOT_ASSESSED,
     "In 51% of the windows too many of its readings are missing."),
    ({"outside": 0.51}, Verdict.NOT_ASSESSED,
     "51% of the windows are unlike anything the model was trained on."),
    ({"unusual": 0.51, "effect_sd": SMALL}, Verdict.NOT_ASSESSED,
     "Exchanging it makes windows unlike anything the model was trained on (51% of them)."),
    ({"effect_sd": None}, Verdict.NOT_ASSESSED, "No window has the readings this needs."),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "verdict", "reason"), CASES)
def test_a_verdict_and_its_reason(
    changed: dict[str, object], verdict: Verdict, reason: str
) -> None:
    """What one fact changes, in words."""
    assert judge_effect(change_effect(changed), change_terms(changed)) == (verdict, reason)


@pytest.mark.parametrize("size", [HELD.effect_sd, SMALL, None])
def test_a_model_that_is_not_good_enough_is_not_explained(size: Interval | None) -> None:
    """Large effect or none: the reason is the model's."""
    found = judge_effect(replace(HELD, effect_sd=size), GivenTerms(adequacy=BAD))
    assert found == (Verdict.NOT_ASSESSED, "The model is behind.")


GRID = [0.0, 0.02, 0.0999, 0.1, 0.1001, 0.3, 2.0]


@pytest.mark.parametrize("periods", [6, 9, 10, 50])
def test_absence_is_said_only_of_an_interval_wholly_below_the_floor(periods: int) -> None:
    """Over every low, middle and high: not supported is high < floor, supported is low > floor."""
    for low, middle, high in itertools.combinations_with_replacement(GRID, 3):
        effect = Interval(estimate=middle, low=low, high=high)
        finding = replace(HELD, effect_sd=effect, periods=periods, named_sd=middle)
        verdict, _ = judge_effect(finding, TERMS)
        if high < 0.1:
            assert verdict is Verdict.NOT_SUPPORTED
        elif low > 0.1 and periods >= 10:
            assert verdict is Verdict.SUPPORTED
        else:
            assert verdict is Verdict.WEAK


def test_fewer_periods_than_six_never_say_anything() -> None:
    """Whatever the interval: neither held nor absent."""
    for low, middle, high in itertools.combinations_with_replacement(GRID, 3):
        for periods in range(6):
            effect = Interval(estimate=middle, low=low, high=high)
            finding = replace(HELD, effect_sd=effect, periods=periods)
            assert judge_effect(finding, TERMS)[0] is Verdict.NOT_ASSESSED


def test_no_p_value_alone_makes_a_claim_hold() -> None:
    """However certain an effect below the floor is, it does not count."""
    finding = replace(HELD, effect_sd=SMALL, p=0.0)
    assert judge_effect(finding, TERMS)[0] is Verdict.NOT_SUPPORTED


def test_every_verdict_has_words_of_its_own() -> None:
    """Five verdicts, five phrases; only one of them says that a claim did not hold."""
    assert [verdict.words for verdict in Verdict] == [
        "Tested and held",
        "Partly held",
        "Tested, did not hold",
        "Cannot be told from this model",
        "Not assessed",
    ]
