"""Expected gradients against captum called directly, and against what a linear model must give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from generator.effects import gradients
from generator.effects.exchange import ExplainedWindows
from generator.effects.gradients import Shares, expected_gradients
from generator.effects.scalar import ExplainedScalar, evaluate_scalar, find_rivals
from generator.models.source import LoadedModel
from tests.models_by_hand import make_linear, make_model

RNG = np.random.default_rng(0)
VALUES, POOL = RNG.normal(size=(6, 8, 3)), RNG.normal(size=(15, 8, 3))
DONORS = RNG.integers(0, 15, (6, 4))
EDGES = np.array([0, 3, 6])
SENSORS = ("a", "b", "c")


def curved(values: Tensor) -> Tensor:
    """Readings multiplied with one another and bent."""
    return (values[:, 2, 0] * values[:, 7, 1]).tanh() + values[:, :, 2].pow(2).mean(dim=1)


def three(values: Tensor) -> Tensor:
    """Scores of three classes."""
    return torch.stack([values[:, 1, 0].exp(), values[:, 5, 1] * 2, values[:, 3, 2].sin()], dim=1)


def asked_of(answer: ExplainedScalar) -> ExplainedWindows:
    pair = find_rivals(answer, VALUES)
    return ExplainedWindows(VALUES, pair, evaluate_scalar(answer, VALUES, pair))


def shares_of(model: LoadedModel, sd: float = 2.0, steps: int = 16) -> Shares | None:
    answer = ExplainedScalar(model, None, sd, "")
    return expected_gradients(answer, asked_of(answer), POOL, DONORS, EDGES, steps)


def in_spans(found: np.ndarray) -> np.ndarray:
    """(time, sensors) summed over the rows of each span."""
    return np.stack([found[0:3].sum(axis=0), found[3:6].sum(axis=0), found[6:8].sum(axis=0)])


def test_shares_are_captums() -> None:
    """One window and one donor at a time through captum itself: the same to a millionth."""
    found = shares_of(make_model(curved, SENSORS, 8))
    assert found is not None
    for window, row in enumerate(DONORS):
        for place, donor in enumerate(row):
            one = IntegratedGradients(curved).attribute(
                torch.from_numpy(VALUES[[window]]), torch.from_numpy(POOL[[donor]]), n_steps=16
            )
            expected = in_spans(one[0].detach().numpy()) / 2.0
            assert np.abs(found.cells[window, place] - expected).max() <= 1e-6


def test_shares_of_a_call_are_of_its_own_pair() -> None:
    """Each window's called class less its own runner-up, whichever they are."""
    model = make_model(three, SENSORS, 8, "class", classes=("x", "y", "z"))
    found, pairs = shares_of(model), asked_of(ExplainedScalar(model, None, 1.0, "")).pair
    assert found is not None
    assert len({tuple(pair) for pair in pairs.tolist()}) > 1
    for window, (first, second) in enumerate(pairs.tolist()):

        def margin(x: Tensor, a: int = first, b: int = second) -> Tensor:
            return three(x)[:, a] - three(x)[:, b]

        here, there = VALUES[[window] * 4], POOL[DONORS[window]]
        one = IntegratedGradients(margin).attribute(
            torch.from_numpy(here), torch.from_numpy(there), n_steps=16
        )
        expected = np.stack([in_spans(x) for x in one.detach().numpy()]) / 2.0
        assert np.abs(found.cells[window] - expected).max() <= 1e-6


def test_a_linear_model_gives_each_input_its_coefficient_times_the_difference() -> None:
    """No integral needed: share = coefficient x (window - donor); nothing is missing."""
    weights = RNG.normal(size=(8, 3))
    found = shares_of(make_model(make_linear(weights), SENSORS, 8), steps=4)
    assert found is not None
    for window, row in enumerate(DONORS):
        for place, donor in enumerate(row):
            expected = in_spans(weights * (VALUES[window] - POOL[donor])) / 2.0
            assert found.cells[window, place] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert found.gap.max() < 1e-6


def test_a_groups_effect_is_the_size_of_what_it_gave_together() -> None:
    """Members' shares add up before their size is taken, donor by donor."""
    cells = RNG.normal(size=(2, 3, 4, 5))
    expected = [
        np.mean([abs(sum(cells[w, d, s, c] for s in range(4) for c in (1, 4))) for d in range(3)])
        for w in range(2)
    ]
    assert Shares(cells, np.zeros((2, 3))).effect((1, 4)) == pytest.approx(expected)


def test_the_gap_is_what_the_shares_miss() -> None:
    """A step they cannot follow: the gap is |sum of shares - difference| over |difference|."""

    def kinked(values: Tensor) -> Tensor:
        return (20 * values[:, 0, 0]).tanh()

    found = shares_of(make_model(kinked, SENSORS, 8), steps=4)
    assert found is not None
    whole = np.tanh(20 * VALUES[:, 0, 0])[:, None] - np.tanh(20 * POOL[DONORS][:, :, 0, 0])
    missed = np.abs(found.cells.sum(axis=(2, 3)) * 2.0 - whole)
    assert found.gap == pytest.approx(missed / np.maximum(np.abs(whole), 0.2), rel=1e-4, abs=1e-6)
    assert found.gap.max() > 0.05


def test_an_answer_that_never_moves_has_no_gap() -> None:
    """Nothing to share and nothing missed: 0, not 0 divided by 0."""
    found = shares_of(make_model(lambda x: 0 * x[:, 0, 0], SENSORS, 8))
    assert found is not None
    assert (found.gap == 0).all()
    assert (found.cells == 0).all()


@pytest.mark.parametrize("at_once", [16 * 4, 16 * 4 * 3])
def test_how_many_passes_are_made_at_once_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Window by window or together."""
    whole = shares_of(make_model(curved, SENSORS, 8))
    monkeypatch.setattr(gradients, "PASSES_AT_ONCE", at_once)
    parts = shares_of(make_model(curved, SENSORS, 8))
    assert whole is not None
    assert parts is not None
    assert parts.cells == pytest.approx(whole.cells, rel=1e-12)
    assert parts.gap == pytest.approx(whole.gap, abs=1e-12)


def test_there_are_none_without_an_answer_to_derive() -> None:
    """A model that gives probabilities only has no second opinion."""
    assert shares_of(make_model(curved, SENSORS, 8, differentiable=False)) is None


def test_there_are_none_where_the_input_is_no_longer_time_by_sensor() -> None:
    """Tokens, mappings, or another shape: nothing there could be told of a sensor."""
    plain = make_model(curved, SENSORS, 8)
    asked = asked_of(ExplainedScalar(plain, None, 1.0, ""))
    for forward_input in (
        lambda values: {"past_values": torch.from_numpy(values)},
        lambda values: torch.from_numpy(values).flatten(1),
        lambda values: torch.from_numpy(values).transpose(1, 2),
    ):
        answer = ExplainedScalar(replace(plain, forward_input=forward_input), None, 1.0, "")
        assert expected_gradients(answer, asked, POOL, DONORS, EDGES, 16) is None
