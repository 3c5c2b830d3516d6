"""A seeded tenth of the coverage campaign: nothing wrong is shown, nothing is silently empty."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from benchmarks.coverage.__main__ import count_promises, count_silent
from benchmarks.coverage.campaign import list_families, run_campaign
from benchmarks.coverage.judge import Outcome
from benchmarks.coverage.map_differences import compare_maps, explain_differences

SHOWN = ("exact", "proved", "different")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    names = random.Random(0).sample(sorted(list_families()), len(list_families()) // 10)
    kept: Path = tmp_path_factory.mktemp("coverage") / "outcomes.jsonl"
    return run_campaign(names, kept)


def test_every_family_has_a_line(found: list[Outcome]) -> None:
    """One in ten of the installed families, none left out, none without a cause."""
    assert len(found) == len(list_families()) // 10
    assert [
        one for one in found if one.outcome not in (*SHOWN, "no attention") and not one.cause
    ] == []


def test_what_is_shown_proves_itself(found: list[Outcome]) -> None:
    """No map is shown whose product with the values is not the model's own output."""
    assert [one for one in found if one.outcome in SHOWN and not (one.proof or 0.0) <= 1e-5] == []


def test_most_families_are_read(found: list[Outcome]) -> None:
    """At least three of four families give maps that are exact or prove themselves."""
    assert sum(one.outcome in SHOWN for one in found) >= 0.75 * len(found)


def test_no_output_changes_and_nothing_is_silently_empty(found: list[Outcome]) -> None:
    """Outputs keep their bytes; where a family has maps and none is read, modules are named."""
    assert [one.family for one in found if one.same_output is False] == []
    assert count_silent(found) == 0


def test_a_silent_empty_answer_is_counted() -> None:
    """An outcome without maps, gaps or cause, where the eager model had two, is found."""
    assert count_silent([Outcome("made-up", "no attention", maps=0, theirs=2)]) == 1
    assert count_promises([Outcome("made-up", "no attention", maps=0, theirs=2)])[-1]["count"] == 1


def test_a_difference_is_explained_by_what_was_checked() -> None:
    """Scores, a head mean and a corner are told apart; an equal map is no difference."""
    scores = torch.randn(1, 4, 6, 6)
    ours = [scores.softmax(-1)]
    assert compare_maps(ours, [ours[0].clone()]) == (0.0, [])
    assert "scores before their softmax" in explain_differences(ours, [scores])
    assert "mean of our heads" in explain_differences(
        ours, [ours[0].mean(1, keepdim=True).expand(1, 4, 6, 6)]
    )
    assert "a part of ours" in explain_differences(ours, [ours[0][..., 2:, 2:]])
    assert "not finite" in explain_differences(ours, [torch.full((1, 4, 6, 6), torch.nan)])
