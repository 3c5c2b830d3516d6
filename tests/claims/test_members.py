"""One sensor of a group: may it be named alone?"""

from __future__ import annotations

import re

import numpy as np
import pytest

from generator.claims.assess import assess
from generator.claims.family import state
from generator.claims.sensor_claims import GroupClaims, MemberClaims
from generator.claims.study import Study
from generator.effects.intervals import holm
from generator.kinds import Verdict
from generator.models.source import LoadedModel
from generator.records import Claim, ClaimsRecord, Thresholds
from tests.claims.questions import PASSED, ROWS, SENSORS, cut_runs, draw_readings, make_question
from tests.models_by_hand import make_linear, make_model

GROUPS = (("a", "b"), ("c", "c2", "c3"), ("d",), ("e",), ("f",))


def asked(a: float, b: float, **changed: object) -> ClaimsRecord:
    """A model that weighs two independent sensors of one group like this."""
    weights = np.zeros((ROWS, len(SENSORS)))
    weights[:, 0], weights[:, 1] = a, b
    return assess(make_question(0, model=model_weighing(weights), groups=GROUPS, **changed))


def model_weighing(weights: np.ndarray) -> LoadedModel:
    return make_model(make_linear(weights), SENSORS, ROWS)


def member(record: ClaimsRecord, name: str) -> Claim:
    (found,) = [c for c in record.of("sensor") if c.subject == (name,)]
    return found


def test_a_member_that_carries_the_group_is_named_in_part() -> None:
    """It keeps most of the effect, but one training run is one opinion: never fully held."""
    record = asked(1.0, 0.05)
    carries = member(record, "a")
    assert carries.verdict is Verdict.WEAK
    assert carries.alone == pytest.approx(1.0, abs=0.05)
    assert carries.reason == (
        "Exchanged alone it keeps 100% of its group's effect, but one training run was looked at "
        "(5 are needed): another could lean on another sensor of the group."
    )
    assert carries.statement == "The model's prediction rests on a, exchanged alone."
    assert member(record, "b").verdict is Verdict.NOT_SUPPORTED


def test_a_member_with_less_than_its_share_cannot_be_told() -> None:
    """A group effect that both carry: the smaller part is not named."""
    record = asked(1.0, 0.4)
    assert member(record, "a").verdict is Verdict.WEAK
    assert member(record, "b").verdict is Verdict.NOT_IDENTIFIABLE
    assert (member(record, "b").alone or 1) < 0.5


def test_members_that_carry_a_group_side_by_side_cannot_be_told() -> None:
    """Two of equal weight keep 71 % each: either would do, so neither is named."""
    record = asked(1.0, 0.95)
    for name in "ab":
        assert (member(record, name).alone or 0) > 0.6
        assert member(record, name).verdict is Verdict.NOT_IDENTIFIABLE
    assert re.fullmatch(
        r"Exchanged alone it keeps \d\d% of its group's effect, but without it the others may "
        r"keep \d\d%: the group can be named, not which of them\.",
        member(record, "a").reason,
    )


def test_others_that_may_carry_half_are_enough_to_name_none() -> None:
    """48 % at their estimate, 51 % at its upper limit: it cannot be told that a alone does it."""
    assert member(asked(1.0, 0.55), "b").alone == pytest.approx(0.477, abs=0.005)
    assert member(asked(1.0, 0.55), "a").verdict is Verdict.NOT_IDENTIFIABLE


def test_the_share_that_names_a_member_is_a_threshold() -> None:
    """Raised above what the larger part keeps, neither is named."""
    record = asked(1.0, 0.4, limits=Thresholds(member_share=0.99))
    assert {member(record, name).verdict for name in "ab"} == {Verdict.NOT_IDENTIFIABLE}


def test_members_of_a_group_without_effect_did_not_hold_either() -> None:
    """Copies that are not read: each was tested and made no difference, or was out of bounds."""
    record = asked(1.0, 0.4)
    assert {member(record, name).verdict for name in ("c", "c2", "c3")} == {Verdict.NOT_ASSESSED}
    apart = {name: member(record, name).reason for name in ("c", "c2", "c3")}
    assert all(r.startswith("Exchanging it makes windows unlike") for r in apart.values())


def test_a_sensor_that_stands_alone_is_no_member() -> None:
    """Only groups of several have claims about one of them."""
    assert {c.subject for c in asked(1.0, 0.4).of("sensor")} == {
        ("a",), ("b",), ("c",), ("c2",), ("c3",)
    }  # fmt: skip


def test_a_gate_that_failed_holds_for_members_too() -> None:
    """No member of a model that is not explained is said to be anything."""
    behind = PASSED.model_copy(update={"passed": False, "words": "It is behind."})
    record = asked(1.0, 0.4, adequacy=behind)
    assert {(c.verdict, c.reason) for c in record.of("sensor")} == {
        (Verdict.NOT_ASSESSED, "It is behind.")
    }


def test_copies_stay_apart_from_too_few_periods() -> None:
    """With five testing periods nothing is said of a copy: not even that it cannot be told."""
    record = assess(make_question(0, explained=cut_runs(draw_readings(0, 10))))
    assert {c.verdict for c in record.of("sensor")} == {Verdict.NOT_ASSESSED}


def test_members_are_corrected_together() -> None:
    """Holm over the members of all groups; single sensors are no members."""
    weighed = make_question(0, groups=GROUPS)
    study, record = Study(weighed), assess(weighed)
    raw = [study.test(study.whole(claim.subject)).p for claim in record.of("sensor")]
    assert [c.p for c in record.of("sensor")] == pytest.approx(holm(np.array(raw)).tolist())
    assert len(raw) == 5


@pytest.mark.parametrize(
    ("group", "member_verdict", "came"),
    [
        (Verdict.NOT_ASSESSED, Verdict.NOT_ASSESSED, "was not assessed"),
        (Verdict.NOT_SUPPORTED, Verdict.NOT_IDENTIFIABLE, "made no noticeable difference"),
    ],
)
def test_no_member_is_named_of_a_group_that_is_not(
    group: Verdict, member_verdict: Verdict, came: str
) -> None:
    """However large its own effect: claims are made on groups first."""
    weights = np.zeros((ROWS, len(SENSORS)))
    weights[:, 0] = 1.0
    weighed = make_question(0, model=model_weighing(weights), groups=GROUPS)
    study = Study(weighed)
    groups = [
        claim.model_copy(update={"verdict": group}) if claim.subject == ("a", "b") else claim
        for claim in state(GroupClaims(study, None))
    ]
    (found,) = [c for c in state(MemberClaims(study, groups)) if c.subject == ("a",)]
    assert found.effect_sd is not None
    assert found.effect_sd.estimate > study.floor
    assert found.verdict is member_verdict
    assert found.reason == f"a and b belong together and as a group {came}: none is named alone."
