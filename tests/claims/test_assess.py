"""Models whose truth is known, asked from end to end."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from torch import Tensor

from generator.claims.assess import assess
from generator.claims.question import Question
from generator.effects.periods import PeriodRule, choose_period_rule
from generator.errors import InputError
from generator.kinds import Verdict
from generator.quality import fit_simple_rules, measure_quality
from generator.records import ClaimsRecord, EffectsBudget, Thresholds
from tests.claims.questions import (
    COPIES,
    GROUPS,
    PASSED,
    ROWS,
    SENSORS,
    WEIGHTS,
    cut_runs,
    draw_readings,
    make_known_model,
    make_question,
    verdicts,
)
from tests.models_by_hand import make_linear, make_model

SEEDS = range(12)
NO_HEADS = "heads and layers were not tested: no attention was computed on the reference set"


@cache
def found(seed: int) -> ClaimsRecord:
    return assess(make_question(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_model_rests_on_is_found_and_nothing_else(seed: int) -> None:
    """The true groups held; four sensors not read and one that is too weak did not."""
    assert verdicts(found(seed)) == {
        "a": Verdict.SUPPORTED,
        "c+c2+c3": Verdict.SUPPORTED,
        **dict.fromkeys("bdef", Verdict.NOT_SUPPORTED),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_of_copies_the_group_is_named_and_none_of_them(seed: int) -> None:
    """Each carries a third of what they carry together: which of them cannot be told."""
    assert verdicts(found(seed), "sensor") == dict.fromkeys(COPIES, Verdict.NOT_IDENTIFIABLE)
    for claim in found(seed).of("sensor"):
        assert claim.alone == pytest.approx(1 / 3, abs=0.02)
        assert claim.reason == (
            "It moves together with the others of c, c2 and c3: the group can be named, not which "
            "of them."
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_when_is_the_span_that_matters_and_no_other(seed: int) -> None:
    """Sensor a in rows 8 to 11: two neighbouring spans held, told as one; six did not."""
    a = {name: verdict for name, verdict in verdicts(found(seed), "cell").items() if name[1] == " "}
    held = [name for name, verdict in a.items() if verdict is Verdict.SUPPORTED]
    assert held == ["a 8", "a 10"]
    assert {a[f"a {row}"] for row in (0, 2, 4, 6, 12, 14)} == {Verdict.NOT_SUPPORTED}
    (when,) = [when for when in found(seed).when if when.subject == ("a",)]
    assert (when.first_row, when.last_row) == (8, 11)
    assert when.span == "1 min 10 s to 40 s before the last reading"


def test_spans_of_all_sensors_together_are_told_too() -> None:
    """Where a matters the answer moves most; every span moves it, for c matters all the time."""
    spans = found(0).of("time")
    assert [(c.first_row, c.last_row) for c in spans] == [(2 * i, 2 * i + 1) for i in range(8)]
    assert {c.subject for c in spans} == {()}
    sizes = [c.effect_sd.estimate for c in spans if c.effect_sd]
    assert sorted(np.argsort(sizes)[-2:].tolist()) == [4, 5]
    assert spans[4].statement == (
        "The model's prediction rests on 1 min 10 s to 1 min before the last reading."
    )


def test_effects_are_those_of_the_formula() -> None:
    """Over a thousand runs: mean |weights x (reading - reading of another run)| over sd(F)."""
    here, there = draw_readings(77, 1000), draw_readings(78, 1000)
    spread = (draw_readings(79, 1000) * WEIGHTS).sum(axis=(1, 2)).std()
    for claim in found(0).of("group"):
        columns = [SENSORS.index(name) for name in claim.subject]
        moved = ((here - there)[:, :, columns] * WEIGHTS[:, columns]).sum(axis=(1, 2))
        assert claim.effect_sd is not None
        assert claim.effect_sd.estimate == pytest.approx(np.abs(moved).mean() / spread, rel=0.15)


def test_two_calls_give_the_same_record() -> None:
    """To the last bit: nothing is drawn without a seed."""
    assert assess(make_question(0)).model_dump_json() == found(0).model_dump_json()


def test_every_test_is_kept_also_those_that_failed() -> None:
    """Six groups, three members, eight spans, two groups with an effect in each; all with why."""
    record = found(0)
    assert [len(record.of(g)) for g in ("group", "sensor", "time", "cell")] == [6, 3, 8, 16]
    assert len(record.claims) == 33 == len({claim.id for claim in record.claims})
    assert all(claim.reason and claim.statement for claim in record.claims)
    assert {claim.subject for claim in record.of("cell")} == {("a",), COPIES}


def test_the_record_says_how_it_was_tested() -> None:
    """Periods of both halves, windows of the testing half, donors, floor, population."""
    record = found(0)
    assert (record.periods, record.period_word) == (30, "run")
    assert {(c.periods, c.windows) for c in record.claims} == {(15, 90)}
    assert (record.donors.each, record.donors.windows, record.donors.periods) == (8, 240, 40)
    assert (record.donors.healthy, record.donors.regime) == (False, ())
    assert record.explained.floor_sd == 0.10
    assert record.explained.words == "the predicted heat"
    assert record.explained.reference_windows == 240
    assert (record.population, record.groups) == ("all windows", GROUPS)
    assert {c.granularity for c in record.claims if c.unusual is None} == set()
    assert record.cut == ("expected gradients were taken of 64 of 90 tested windows", NO_HEADS)


def test_the_second_method_agrees_on_a_linear_model() -> None:
    """Expected gradients of the same donors: the same effect, and nothing missing in their sum."""
    record = assess(make_question(0, budget=EffectsBudget(integrated=90)))
    assert record.cut == (NO_HEADS,)
    assert record.completeness is not None
    assert record.completeness < 1e-6
    for claim in record.of("group"):
        assert claim.effect_sd is not None
        assert claim.second_sd == pytest.approx(claim.effect_sd.estimate, rel=1e-5)


def test_a_model_without_a_gradient_is_tested_by_exchange_alone() -> None:
    """The same verdicts; no second figure, no gap, no agreement."""
    record = assess(make_question(0, model=make_known_model(differentiable=False)))
    assert verdicts(record) == verdicts(found(0))
    assert {claim.second_sd for claim in record.claims} == {None}
    assert record.completeness is record.agreement is None


def test_agreement_is_kendalls_over_groups_above_the_floor() -> None:
    """Three of them at least: here four, whose effects the two methods put in one order."""
    weights = np.zeros((ROWS, 8))
    weights[-1, [0, 1, 5, 6]] = [1.0, 0.8, 0.6, 0.4]
    record = assess(make_question(0, model=make_model(make_linear(weights), SENSORS, ROWS)))
    above = [c for c in record.of("group") if c.effect_sd and c.effect_sd.estimate > 0.1]
    pairs = [(c.effect_sd.estimate, c.second_sd) for c in above if c.effect_sd]
    assert len(pairs) == 4
    assert record.agreement == pytest.approx(kendalltau(*zip(*pairs, strict=True)).statistic)
    assert found(0).agreement is None  # two groups only


def test_a_model_that_failed_its_gate_is_not_explained() -> None:
    """Every claim is not assessed, for the model's own reason, and no span is asked for."""
    behind = PASSED.model_copy(update={"passed": False, "words": "It is behind."})
    record = assess(make_question(0, adequacy=behind))
    assert {c.verdict for c in record.claims} == {Verdict.NOT_ASSESSED}
    assert {c.reason for c in record.claims} == {"It is behind."}
    assert record.of("cell") == record.when == ()


def test_a_model_no_better_than_a_rule_is_not_explained() -> None:
    """A straight line of the readings beside a ridge on them, judged by the program itself."""
    rng = np.random.default_rng(5)
    sides = []
    for seed, runs in ((5, 400), (6, 40)):
        values = draw_readings(seed, runs)
        heat = (values * WEIGHTS).sum(axis=(1, 2)) + rng.normal(size=len(values))
        sides.append(cut_runs(values, heat))
    train, held = sides
    said = (held.values * WEIGHTS).sum(axis=(1, 2))
    rule = choose_period_rule(held, 1, said, "run")
    rules = fit_simple_rules(train, held, SENSORS, "value")
    measured = measure_quality(train, held, said, rules, "kW", 0, rule.of(held), Thresholds())
    assert measured.adequacy is not None
    record = assess(make_question(5, train=train, explained=held, adequacy=measured.adequacy))
    assert {c.verdict for c in record.claims} == {Verdict.NOT_ASSESSED}
    assert {c.reason for c in record.claims} == {measured.adequacy.words}
    assert measured.adequacy.words.endswith("10 % are needed before it is explained.")


@pytest.mark.parametrize(
    ("runs", "allowed"),
    [
        (10, {Verdict.NOT_ASSESSED}),
        (12, {Verdict.WEAK, Verdict.NOT_SUPPORTED}),
        (18, {Verdict.WEAK, Verdict.NOT_SUPPORTED}),
        (20, {Verdict.SUPPORTED, Verdict.NOT_SUPPORTED}),
    ],
)
def test_few_periods_say_little(runs: int, allowed: set[Verdict]) -> None:
    """Half of them test: 5 are not assessed, 6 to 9 at most weak, 10 may hold."""
    assert set(verdicts(assess(make_question(0, runs=runs))).values()) == allowed


def test_one_run_of_training_leaves_nothing_to_exchange_for() -> None:
    """Donors of both halves must be of periods of their own: the run fails with a sentence."""
    with pytest.raises(
        InputError, match=r"stand-ins from: \d+ windows of 1 independent period, and two are needed"
    ):
        assess(make_question(0, train=cut_runs(draw_readings(1000, 1))))


def test_the_floor_is_the_larger_of_two() -> None:
    """A quarter of the held-out RMSE, where that is more than a tenth of sd(F)."""
    sd = found(0).explained.sd
    record = assess(make_question(0, rmse=3.2 * sd))
    assert record.explained.floor_sd == pytest.approx(0.8)
    assert verdicts(record)["a"] is not Verdict.SUPPORTED
    assert assess(make_question(0, rmse=0.2 * sd)).explained.floor_sd == 0.10


def test_a_warning_is_tested_against_windows_that_no_event_follows() -> None:
    """Donors leave out windows before an event; effects are points of probability."""
    values = draw_readings(1000, 40)
    happens = ((values * WEIGHTS).sum(axis=(1, 2)) > 2).astype(float)
    record = assess(
        make_question(0, model=make_known_model(task="event"), train=cut_runs(values, happens))
    )
    assert record.donors.healthy
    assert record.donors.windows == int((happens == 0).sum())
    assert record.explained.unit == "points"
    assert verdicts(record)["c+c2+c3"] is Verdict.SUPPORTED
    (claim,) = [c for c in record.of("group") if c.subject == COPIES]
    assert claim.statement == "The model's warning rests on c, c2 and c3."
    assert "changed the probability of the warning by" in claim.reason


def called(values: Tensor) -> Tensor:
    """Three classes scored by a, by c, and by nothing."""
    a, c = values[:, 8:12, 0].sum(dim=1), values[:, :, 2:5].mean(dim=2).sum(dim=1) / 3
    return torch.stack([a, c, torch.zeros_like(a)], dim=1)


def asked_of_classes(**changed: object) -> Question:
    """Training windows of the class that is right, and a model that knows it."""
    values = draw_readings(1000, 40)
    right = called(torch.from_numpy(values)).argmax(dim=1).double().numpy()
    train = replace(cut_runs(values, right), classes=("x", "y", "z"))
    model = make_model(called, SENSORS, ROWS, "class", classes=("x", "y", "z"))
    return make_question(0, model=model, train=train, **changed)


def test_a_call_is_tested_by_its_lead() -> None:
    """Beside windows of the healthy class z: both groups held, the others did not."""
    asked = asked_of_classes(healthy=("z",))
    record = assess(asked)
    assert {k for k, v in verdicts(record).items() if v is Verdict.SUPPORTED} == {"a", "c+c2+c3"}
    assert {v for k, v in verdicts(record).items() if k in "bdef"} == {Verdict.NOT_SUPPORTED}
    assert record.donors.windows == int((asked.train.target == 2).sum())
    assert (record.donors.healthy, record.donors.classes) == (True, ("z",))


def test_without_a_healthy_class_no_claim_about_a_call_holds() -> None:
    """What stands in may be the mark of another class: at most weak, and the reason says why."""
    record = assess(asked_of_classes())
    assert (record.donors.healthy, record.donors.windows) == (False, 240)
    found = {claim.subject: claim for claim in record.of("group")}
    assert {found[("a",)].verdict, found[COPIES].verdict} == {Verdict.WEAK}
    assert "no healthy class is named in the manifest" in found[("a",)].reason
    assert Verdict.SUPPORTED not in {c.verdict for c in record.claims}


def test_own_history_is_a_claim_of_its_own_without_a_second_figure() -> None:
    """What is explained is the change, from which gradients of the value cannot speak."""
    record = assess(make_question(0, model=make_known_model(target="a")))
    by_subject = {claim.subject: claim for claim in record.of("group")}
    assert by_subject[("a",)].second_sd is None
    assert by_subject[COPIES].second_sd is not None
    assert record.explained.words == "the predicted change of a from its last reading"


def test_a_forecasters_own_history_and_its_set_inputs_are_told_apart() -> None:
    """Whole groups only: a set-point among measured copies makes none of them known ahead."""
    asked = {"setpoints": ("d", "c"), "model": make_known_model(target="a")}
    roles = {c.subject: c.role for c in assess(make_question(0, **asked)).of("group")}
    assert roles == {
        ("a",): "own history", ("d",): "known ahead",
        **dict.fromkeys([("b",), COPIES, ("e",), ("f",)], ""),
    }  # fmt: skip
    warned = make_question(0, model=make_known_model(task="event"), setpoints=("d",))
    assert {c.role for c in assess(warned).of("group")} == {""}


def test_donors_are_alike_in_the_regime_and_the_sentence_says_so() -> None:
    """Except for the regime's own sensor, which is exchanged for that of any window."""
    record = assess(make_question(0, regime=("d",)))
    assert record.donors.regime == ("d",)
    reasons = {claim.subject: claim.reason for claim in record.of("group")}
    assert reasons[("a",)].startswith("Exchanging it for values of other windows at a similar d")
    assert reasons[("d",)].startswith("Exchanging it for values of other windows changed")


def test_a_partner_exchanged_alone_is_not_assessed() -> None:
    """Copies declared apart: each exchange is a state the plant was never in."""
    groups = tuple((name,) for name in SENSORS)
    record = assess(make_question(0, groups=groups))
    for claim in record.of("group"):
        if claim.subject[0] in COPIES:
            assert (claim.unusual or 0) > 0.5
            assert claim.verdict is Verdict.NOT_ASSESSED
            assert claim.reason.startswith("Exchanging it makes windows unlike anything")


def test_explained_windows_unlike_training_are_not_assessed() -> None:
    """All readings shifted by six of their spreads: nothing is said of any sensor."""
    values = draw_readings(0, 30) + 6
    record = assess(make_question(0, explained=cut_runs(values)))
    assert record.donors.outside > 0.5
    assert set(verdicts(record).values()) == {Verdict.NOT_ASSESSED}


def test_a_sensor_that_is_mostly_missing_is_not_assessed() -> None:
    """In four of the six windows of each run it lacks more of its readings than is allowed."""
    values = draw_readings(0, 30)
    gone = np.flatnonzero(np.arange(len(values)) % 6 < 4)
    values[gone, :8, 0] = np.nan
    filled = make_known_model(forward_input=lambda x: torch.from_numpy(np.nan_to_num(x)))
    record = assess(make_question(0, model=filled, explained=cut_runs(values)))
    (claim,) = [c for c in record.of("group") if c.subject == ("a",)]
    assert claim.verdict is Verdict.NOT_ASSESSED
    assert claim.reason == "In 67% of the windows too many of its readings are missing."
    assert claim.windows == 30
    assert verdicts(record)["c+c2+c3"] is Verdict.SUPPORTED


def test_what_was_left_out_for_its_cost_is_said() -> None:
    """Two thousand of 2,400 training windows may stand in."""
    train = cut_runs(draw_readings(1000, 400))
    budget = EffectsBudget(donors=2, steps=4, integrated=90, spans=2)
    record = assess(make_question(0, train=train, budget=budget))
    assert record.cut == ("stand-ins come from 2,000 of 2,400 training windows", NO_HEADS)


def test_stretches_of_time_are_periods_too() -> None:
    """Without groups: the same truth, told of stretches."""
    rule = PeriodRule(5 * ROWS, "stretch of 80 rows")
    record = assess(make_question(0, rule=rule, step=None))
    assert (record.periods, record.period_word) == (36, "stretch of 80 rows")
    assert verdicts(record) == verdicts(found(0))
    (when,) = [when for when in record.when if when.subject == ("a",)]
    assert when.span == "7 to 4 rows before the last"
    (claim,) = [c for c in record.of("group") if c.subject == ("a",)]
    assert claim.reason.endswith("18 of 18 stretches of 80 rows.")
