"""The second method's windows: a stated number, from every period that tests."""

from __future__ import annotations

import numpy as np
import pytest

from generator.claims.second_opinion import ask_second_method
from generator.claims.study import Study
from generator.records import EffectsBudget
from tests.claims.questions import make_question


def test_few_windows_are_taken_from_every_period() -> None:
    """Fifteen periods, thirty windows: two of each, whichever come first in the data."""
    study = Study(make_question(0, budget=EffectsBudget(integrated=30)))
    found = ask_second_method(study)
    assert found is not None
    assert np.unique(found.codes, return_counts=True)[1].tolist() == [2] * 15
    assert found.cut == ("expected gradients were taken of 30 of 90 tested windows",)


def test_a_part_is_exchanged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a claim, as an instrument, and as the others of a member: one exchange."""
    study = Study(make_question(0))
    part = study.whole(("a",))
    first = study.test(part)
    monkeypatch.setattr("generator.claims.study.measure_effect", None)
    assert study.test(part) is first
