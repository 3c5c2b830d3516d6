"""What is said of models on seeded plants is graded by their truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.truth.adequacy import Skill
from benchmarks.truth.campaign import Outcome
from benchmarks.truth.cases import Case
from benchmarks.truth.explanation import Explanation, GroupClaim, read, write
from benchmarks.truth.grading import Count, grade
from benchmarks.truth.plants import BASE
from benchmarks.truth.tables import build_tables, count_promises, list_faults, upper_bound
from benchmarks.truth.truths import Truth, make_group

BOTH = Truth((make_group(2, 3), make_group(5)), (make_group(7),))


def test_a_group_is_right_free_a_part_or_a_distractor() -> None:
    """A group is right as a whole only; fewer or more sensors make it a part."""
    named = [("s3", "s2"), ("s5",), ("s7",), ("s2",), ("s5", "s6"), ("s0",), ("s0", "s1")]
    wanted = ["right", "right", "free", "part", "part", "distractor", "distractor"]
    assert [BOTH.classify(group) for group in named] == wanted
    assert Truth().add_right((make_group(0),)) == Truth()


def test_perfect_claims_have_the_best_grade() -> None:
    """Right groups first and supported, a member of a group left out of the ranking."""
    said = (
        GroupClaim(("s0",), 0.01, "not supported"),
        GroupClaim(("s2", "s3"), 0.5, "supported"),
        GroupClaim(("s2",), 0.4, "supported"),
        GroupClaim(("s5",), 0.6, "supported"),
        GroupClaim(("s7",), 0.1, "weak"),
    )
    raw = (GroupClaim(("s5",), None, "not identifiable"), GroupClaim(("s2",), None, "supported"))
    found = grade(BOTH, Explanation(said, raw))
    assert (found.auc, found.hits) == (1.0, 1.0)
    assert found.leading == (("s5",), ("s2", "s3"), ("s7",))
    assert (found.right, found.free) == (Count(2, 2), Count(0, 1))
    assert (found.parts, found.false) == (Count(1, 1), Count(0, 1))
    assert (found.silent, found.refused) == (Count(0, 5), Count(1, 2))


def test_wrong_claims_are_counted() -> None:
    """A distractor above both: AUC 2/4, one of two first places right, one false claim."""
    said = (
        GroupClaim(("s0",), 0.9, "supported"),
        GroupClaim(("s1",), 0.0, "not supported"),
        GroupClaim(("s2",), 0.5, "not supported"),
        GroupClaim(("s5",), 0.4, "supported"),
    )
    found = grade(BASE.truth, Explanation(said))
    assert (found.auc, found.hits) == (0.5, 0.5)
    assert (found.right, found.false) == (Count(1, 2), Count(1, 2))


def test_a_right_group_that_is_never_claimed_is_missed() -> None:
    """Two right groups, one said: one of two; without effects there is no ranking."""
    found = grade(BASE.truth, Explanation((GroupClaim(("s2",), None, "supported"),)))
    assert (found.right, found.auc, found.hits) == (Count(1, 2), None, None)


def test_what_was_said_is_kept(tmp_path: Path) -> None:
    """A file gives back what it was given."""
    said = Explanation(
        (GroupClaim(("s2", "s3"), 0.5, "weak"),), (GroupClaim(("s2",), None, "not identifiable"),)
    )
    write(said, tmp_path / "deep" / "one.json")
    assert read(tmp_path / "deep" / "one.json") == said


@pytest.mark.parametrize(("found", "of", "bound"), [(0, 59, 4.95), (1, 93, 5.0), (5, 208, 4.99)])
def test_upper_bounds_are_exact(found: int, of: int, bound: float) -> None:
    """One-sided Clopper-Pearson at 95 %: 0 of 59, 1 of 93 and 5 of 208 are just below 5 %."""
    assert upper_bound(Count(found, of)) == pytest.approx(bound, abs=0.06)
    assert upper_bound(Count(3, 3)) == 100
    assert upper_bound(Count(0, 0)) is None


def outcome(case: Case, reached: float, ahead: float, said: Explanation) -> Outcome:
    """A model whose skill is given by hand."""
    judged = Skill("R²", reached, 0.8, ahead, ahead >= 10)
    return Outcome(case, judged, grade(case.truth, said))


def test_promises_count_the_models_they_are_about() -> None:
    """An able model owes its groups, an ignorant one silence; distractors count in both."""
    able = outcome(
        Case("base", "value", "variate", 0),
        0.9,
        40,
        Explanation((GroupClaim(("s2",), 1.0, "supported"), GroupClaim(("s5",), 0.9, "weak"))),
    )
    ignorant = outcome(
        Case("shuffled", "value", "patches", 0),
        0.0,
        -3,
        Explanation(
            (GroupClaim(("s2",), 0.1, "supported"), GroupClaim(("s3",), 0.1, "not assessed")),
            (GroupClaim(("s2",), None, "not identifiable"),),
        ),
    )
    counts = [row["count"] for row in count_promises([able, ignorant])]
    assert counts == ["1 of 2", "0 of 0", "1 of 2", "1 of 2", "1 of 2", "1 of 1"]
    assert [row["fault"] for row in list_faults(ignorant)] == [
        "1 distractors supported",
        "1 of 2 claims not assessed",
    ]
    assert [row["fault"] for row in list_faults(able)] == ["1 of 2 right groups supported"]
    [row] = build_tables([able, ignorant])["Base plant"]
    assert (row["same first"], row["adequate"]) == ("1 of 1", "1 of 1")
