"""Exchanges behind a model's own normalisation, against the same made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from generator.effects.exchange import ExplainedWindows
from generator.effects.normalised import find_scaler, measure_inner_change
from generator.effects.part import Part
from generator.effects.scalar import ExplainedScalar, evaluate_scalar, find_rivals, predict_raw
from generator.models.huggingface import load
from tests.models.patchtst_folders import write_folder

RNG = np.random.default_rng(0)
PART = Part((0, 2), 24, 29)


def answer_of(folder: Path, scaling: str | None) -> ExplainedScalar:
    """A small PatchTST that normalises each window, or does not."""
    write_folder(folder, scaling=scaling)
    return ExplainedScalar(load(folder, "small"), None, 2.0, "ppm")


def asked_of(answer: ExplainedScalar, count: int) -> ExplainedWindows:
    """Windows whose sensors lie at different levels."""
    values = RNG.normal(size=(count, 30, 3)) + RNG.normal(size=(count, 1, 3)) * 3
    pair = find_rivals(answer, values)
    return ExplainedWindows(values, pair, evaluate_scalar(answer, values, pair))


def test_level_and_spread_stay_those_of_the_untouched_window(tmp_path: Path) -> None:
    """The scaled windows are mixed and go on with the level and spread the model took before."""
    answer = answer_of(tmp_path, "std")
    asked, pool = asked_of(answer, 3), asked_of(answer, 4).values
    donors = np.array([[0, 1], [2, 3], [1, 0]])
    got = measure_inner_change(answer, asked, pool, donors, PART)
    model = answer.model.module
    wanted = []
    for window, places, f in zip(asked.values, donors, asked.before.f, strict=True):
        apart = []
        for place in places:
            own, other = (answer.model.forward_input(v[None]) for v in (window, pool[place]))
            mean, sd = (
                own.mean(1, keepdim=True),
                (own.var(1, keepdim=True, correction=0) + 1e-5) ** 0.5,
            )
            far = (other - other.mean(1, keepdim=True)) / (
                other.var(1, keepdim=True, correction=0) + 1e-5
            ) ** 0.5
            mixed = (own - mean) / sd
            mixed[:, 24:, [0, 2]] = far[:, 24:, [0, 2]]
            handle = model.model.scaler.register_forward_hook(
                lambda *_, mixed=mixed, mean=mean, sd=sd: (mixed, mean, sd)
            )
            with torch.no_grad():
                apart.append(abs(float(answer.model.answer(own)[0]) - f))
            handle.remove()
        wanted.append(np.mean(apart) / 2.0)
    assert got == pytest.approx(wanted, rel=1e-5)


def test_a_model_without_normalisation_has_nothing_to_compare(tmp_path: Path) -> None:
    """No scaler, or one that does nothing: there is no other effect."""
    answer = answer_of(tmp_path, None)
    asked = asked_of(answer, 2)
    assert find_scaler(answer.model.module) is None
    assert measure_inner_change(answer, asked, asked.values, np.array([[1], [0]]), PART) is None


def test_the_model_answers_as_before_afterwards(tmp_path: Path) -> None:
    """No hook is left behind."""
    answer = answer_of(tmp_path, "std")
    asked = asked_of(answer, 2)
    measure_inner_change(answer, asked, asked.values, np.array([[1], [0]]), PART)
    assert predict_raw(answer.model, asked.values) == pytest.approx(asked.before.f, abs=0)
