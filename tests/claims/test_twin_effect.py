"""What a window's own twin says: an exchange for readings that no window has to be found for."""

from __future__ import annotations

import numpy as np
import pytest

from generator.claims.assess import assess
from generator.claims.study import Study
from generator.claims.twin_effect import find_twin_windows, twin_effect
from tests.claims.questions import COPIES, EACH, SENSORS, WEIGHTS, draw_readings, make_question

VALUES = draw_readings(0, 30)
TESTS = Study(make_question(0)).periods.split_halves()[1]


def beside(twins: np.ndarray | None) -> Study:
    return Study(make_question(0, twins=twins))


def faulty() -> np.ndarray:
    """Twins in which sensor a reads 2 lower in rows 8 to 11 of every second window."""
    twins = VALUES.copy()
    twins[::2, 8:12, 0] -= 2
    return twins


def test_only_windows_that_differ_from_their_twin_count() -> None:
    """Every second window; those in which the fault has changed nothing yet are left out."""
    found = find_twin_windows(beside(faulty()))
    assert found.tolist() == np.flatnonzero((np.arange(len(VALUES)) % 2 == 0)[TESTS]).tolist()


def test_the_effect_of_a_twin_by_hand() -> None:
    """Four rows, 2 lower, weight 1: F moves by 8 for a, and by nothing for all others."""
    study = beside(faulty())
    assert twin_effect(study, ("a",)) == pytest.approx(8 / study.scalar.sd, rel=1e-5)
    for name in SENSORS[1:]:
        assert twin_effect(study, (name,)) == 0


def test_a_window_without_a_twin_is_left_out() -> None:
    """Its readings are not known: it neither counts nor moves anything."""
    twins = faulty()
    twins[: 10 * EACH] = np.nan
    study = beside(twins)
    kept = np.flatnonzero(TESTS)[find_twin_windows(study)]
    assert kept.min() >= 10 * EACH
    assert twin_effect(study, ("a",)) == pytest.approx(8 / study.scalar.sd, rel=1e-5)


@pytest.mark.parametrize("twins", [None, VALUES, np.full_like(VALUES, np.nan)])
def test_without_a_difference_there_is_no_figure(twins: np.ndarray | None) -> None:
    """No twins, twins that are the window itself, twins without a reading."""
    assert len(find_twin_windows(beside(twins))) == 0
    assert twin_effect(beside(twins), ("a",)) is None


def test_the_record_has_it_for_groups() -> None:
    """Beside the effect by donors; how many windows it rests on stands with the donors."""
    record = assess(make_question(0, twins=faulty()))
    by_subject = {claim.subject: claim.twin_sd for claim in record.of("group")}
    assert by_subject[("a",)] == pytest.approx(8 / record.explained.sd, rel=1e-5)
    assert by_subject[COPIES] == 0
    assert record.donors.twins == int((np.arange(len(VALUES)) % 2 == 0)[TESTS].sum())
    plain = assess(make_question(0))
    assert plain.donors.twins is None
    assert {claim.twin_sd for claim in plain.claims} == {None}
    assert WEIGHTS[8:12, 0].sum() == 4
