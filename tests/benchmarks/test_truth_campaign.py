"""A seeded tenth of the truth campaign, where trained models are kept: its bars hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.truth.asked import WAYS
from benchmarks.truth.campaign import Folders, Outcome, campaign
from benchmarks.truth.cases import cases, sampled
from benchmarks.truth.kept import KEPT, folder_of
from benchmarks.truth.tables import promises, total

ROOT = Path(__file__).parents[2]
TENTH = sampled(cases(), 0.1)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(folder_of(case, ROOT / KEPT).exists() for case in TENTH),
        reason="needs trained models: python -m benchmarks.truth.train",
    ),
]


@pytest.fixture(scope="module", params=list(WAYS))
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[Outcome]:
    folders = Folders(ROOT / KEPT, tmp_path_factory.mktemp("said"))
    return campaign(TENTH, request.param, folders, at_once=1)


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
    assert len(promises(found)) == 6
