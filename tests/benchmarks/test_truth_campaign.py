"""A seeded tenth of the truth campaign, from the committed weights of its models: its bars hold.

Made by `python -m benchmarks.truth.train --share 0.1 --output benchmarks/truth/weights`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.truth.campaign import Folders, Outcome, run_campaign
from benchmarks.truth.cases import list_cases, sample_cases
from benchmarks.truth.model_store import folder_of
from benchmarks.truth.tables import count_promises, total

WEIGHTS = Path(__file__).parents[2] / "benchmarks" / "truth" / "weights"
TENTH = sample_cases(list_cases(), 0.1)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    folders = Folders(WEIGHTS, tmp_path_factory.mktemp("said"))
    return run_campaign(TENTH, "claims", folders, at_once=1)


def test_every_model_of_the_tenth_is_there() -> None:
    """None is trained while tests run."""
    assert [str(case) for case in TENTH if not folder_of(case, WEIGHTS).exists()] == []


def test_no_distractor_is_supported(found: list[Outcome]) -> None:
    """Of some hundred claims on sensors that do not matter, none is supported."""
    assert [str(one.case) for one in found if one.grade.false.found] == []


def test_nothing_is_said_of_models_that_know_nothing(found: list[Outcome]) -> None:
    """Every claim on a model no better than a rule is not assessed; attention names no sensor."""
    assert [str(one.case) for one in found if one.silence_owed and not one.grade.silent.whole] == []
    blind = [one for one in found if one.mixes_sensors]
    assert [str(one.case) for one in blind if not one.grade.refused.whole] == []


def test_what_matters_is_found(found: list[Outcome]) -> None:
    """Nine of ten right groups of adequate models are supported, and effects rank them first."""
    able = [one for one in found if one.skill.adequate]
    assert len(able) >= len(found) / 2
    right = total(able, lambda one: one.grade.right)
    assert right.found >= 0.9 * right.of > 0
    assert [str(one.case) for one in able if (one.grade.auc or 0) < 0.94] == []
    assert len(count_promises(found)) == 6
