"""The same model trained again: what all training runs rest on, and what one of them does."""

from __future__ import annotations

import numpy as np
import pytest

from generator.claims.assess import assess
from generator.claims.family import state
from generator.claims.question import Sibling
from generator.claims.sensor_claims import GroupClaims, MemberClaims
from generator.claims.study import Study
from generator.kinds import Verdict
from generator.models.source import LoadedModel
from generator.records import Claim, ClaimsRecord, SiblingCount, Thresholds
from tests.claims.questions import PASSED, ROWS, SENSORS, make_question
from tests.models_by_hand import make_linear, make_model

GROUPS = (("a", "b"), ("c", "c2", "c3"), ("d",), ("e",), ("f",))
BEHIND = PASSED.model_copy(update={"passed": False, "words": "It is behind."})


def weighing(rows: slice = slice(None), **weights: float) -> LoadedModel:
    """A linear model of these sensors, in these rows."""
    matrix = np.zeros((ROWS, len(SENSORS)))
    for name, weight in weights.items():
        matrix[rows, SENSORS.index(name)] = weight
    return make_model(make_linear(matrix), SENSORS, ROWS)


def good(*models: LoadedModel) -> tuple[Sibling, ...]:
    return tuple(Sibling(model, PASSED, None) for model in models)


def asked(model: LoadedModel, siblings: tuple[Sibling, ...], **changed: object) -> ClaimsRecord:
    return assess(make_question(0, model=model, siblings=siblings, groups=GROUPS, **changed))


def of(record: ClaimsRecord, *subject: str) -> Claim:
    kind = "group" if subject in GROUPS else "sensor"
    (found,) = [c for c in record.of(kind) if c.subject == subject]
    return found


def test_what_every_training_run_rests_on_is_held_and_its_sensor_named() -> None:
    """Five runs with one truth: the group is held, and so is the sensor that carries it."""
    record = asked(weighing(a=1.0, b=0.05), good(*[weighing(a=w) for w in (0.5, 1, 2, 3)]))
    group, alone = of(record, "a", "b"), of(record, "a")
    assert (group.verdict, group.siblings) == (Verdict.SUPPORTED, SiblingCount(found=5, of=5))
    assert group.reason.endswith(" The same held in 5 of 5 training runs of the model.")
    assert (alone.verdict, alone.siblings) == (Verdict.SUPPORTED, SiblingCount(found=5, of=5))
    assert alone.reason.startswith("Exchanged alone it keeps 100% of its group's effect. Exch")
    assert of(record, "b").verdict is Verdict.NOT_SUPPORTED


def test_runs_that_each_lean_on_another_sensor_hold_the_group_and_name_none() -> None:
    """Equally good, one on a and four on b: the pair is held in all, a alone in one."""
    record = asked(weighing(a=1.0), good(*[weighing(b=1.0)] * 4))
    assert of(record, "a", "b").verdict is Verdict.SUPPORTED
    alone = of(record, "a")
    assert (alone.verdict, alone.siblings) == (Verdict.WEAK, SiblingCount(found=1, of=5))
    assert (
        "It has an effect in this model, but only in 1 of 5 training runs of it: trained again, "
        "it leans on something else."
    ) in alone.reason


def test_a_member_must_keep_its_share_in_the_other_runs_too() -> None:
    """An effect above the floor, but less than half of the group's, is no effect alone."""
    record = asked(weighing(a=1.0, b=0.3), good(*[weighing(a=0.3, b=1.0)] * 4))
    study = Study(make_question(0, siblings=good(weighing(a=0.3, b=1.0)), groups=GROUPS))
    assert min(study.test_siblings(study.whole(("a",)))) > study.siblings[0].floor
    assert of(record, "a").siblings == SiblingCount(found=1, of=5)
    assert of(record, "b").siblings == SiblingCount(
        found=4, of=5
    )  # not in this run, where it keeps 29 %


def test_a_group_only_this_run_rests_on_is_weak() -> None:
    """The others were trained to something else."""
    record = asked(weighing(a=1.0), good(*[weighing(e=1.0)] * 4))
    group = of(record, "a", "b")
    assert (group.verdict, group.siblings) == (Verdict.WEAK, SiblingCount(found=1, of=5))
    assert of(record, "a").verdict is Verdict.WEAK


@pytest.mark.parametrize(("others", "verdict"), [(3, Verdict.SUPPORTED), (2, Verdict.WEAK)])
def test_four_of_five_are_enough(others: int, verdict: Verdict) -> None:
    """The share is a threshold; three of five are not."""
    siblings = good(*[weighing(a=1.0)] * others, *[weighing(e=1.0)] * (4 - others))
    assert of(asked(weighing(a=1.0), siblings), "a", "b").verdict is verdict
    loose = asked(weighing(a=1.0), siblings, limits=Thresholds(refits_share=0.6))
    assert of(loose, "a", "b").verdict is Verdict.SUPPORTED


def test_fewer_than_five_training_runs_name_no_member() -> None:
    """Two are too few; how many are needed is a threshold."""
    siblings = good(weighing(a=1.0))
    alone = of(asked(weighing(a=1.0), siblings), "a")
    assert alone.verdict is Verdict.WEAK
    assert alone.reason == (
        "Exchanged alone it keeps 100% of its group's effect, but 2 training runs were looked at "
        "(5 are needed): another could lean on another sensor of the group."
    )
    enough = asked(weighing(a=1.0), siblings, limits=Thresholds(refits=2))
    assert of(enough, "a").verdict is Verdict.SUPPORTED


def test_a_member_is_held_no_better_than_its_group() -> None:
    """A group that held in part, whatever the reason, has no member that held."""
    siblings = good(*[weighing(a=1.0)] * 4)
    study = Study(make_question(0, model=weighing(a=1.0), siblings=siblings, groups=GROUPS))
    groups = state(GroupClaims(study, None))
    for verdict in (Verdict.SUPPORTED, Verdict.WEAK):
        told = [groups[0].model_copy(update={"verdict": verdict}), *groups[1:]]
        (alone,) = [c for c in state(MemberClaims(study, told)) if c.subject == ("a",)]
        assert alone.verdict is verdict
    assert alone.reason == "Its group, a and b, held only in part."


def test_a_run_that_is_no_better_than_a_rule_is_not_asked() -> None:
    """It counts neither for nor against; with no other left there is no count."""
    behind = Sibling(weighing(e=1.0), BEHIND, None)
    both = asked(weighing(a=1.0), (behind, *good(weighing(a=1.0))))
    assert of(both, "a", "b").siblings == SiblingCount(found=2, of=2)
    assert of(asked(weighing(a=1.0), (behind,)), "a", "b").siblings is None


def test_spans_are_asked_of_every_run() -> None:
    """This run reads the last rows, the others the first: no span is held of all."""
    late, early = weighing(slice(12, 16), a=1.0), weighing(slice(4), a=1.0)
    record = asked(late, good(*[early] * 4))
    held = [c for c in record.of("cell") if c.verdict is Verdict.SUPPORTED]
    assert held == []
    (last,) = [c for c in record.of("time") if c.first_row == 14]
    assert (last.verdict, last.siblings) == (Verdict.WEAK, SiblingCount(found=1, of=5))
    alike = asked(late, good(*[late] * 4))
    assert {c.first_row for c in alike.of("cell") if c.verdict is Verdict.SUPPORTED} == {12, 14}


def test_each_run_has_its_own_spread_and_floor() -> None:
    """The same effect by hand: in another unit it is the same share of its own spread."""
    small = Sibling(weighing(a=1e-6), PASSED, None)
    erring = Sibling(weighing(a=1.0), PASSED, rmse=1e9)
    study = Study(make_question(0, model=weighing(a=1.0), siblings=(small, erring)))
    part = study.whole(("a",))
    found = study.test(part)
    assert found.effect_sd is not None
    assert study.test_siblings(part) == pytest.approx([found.effect_sd.estimate] * 2)
    assert study.count_siblings(part) == SiblingCount(found=2, of=3)
