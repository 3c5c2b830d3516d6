"""Scores of tokens over cells: shares by hand, nothing lost, and no sensor made up."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import PatchTSTConfig, PatchTSTModel

from generator.kinds import SpecialToken, TokenKind
from generator.records import TokenCoverage, TokenSpan
from generator.tokens import cut
from generator.tokens.families import find_coverage
from generator.tokens.spread import (
    coverage_matrix,
    special_scores,
    spread_to_cells,
    spread_to_sensors,
    spread_to_time,
)

SENSORS = ("air", "fuel", "co")
CUTS = {
    "sensors": cut.sensor_tokens(12, SENSORS),
    "steps": cut.make_step_tokens(12, SENSORS),
    "patches": cut.make_patch_tokens(12, SENSORS, 4, 4),
    "overlapping": cut.make_patch_tokens(12, SENSORS, 6, 3),
    "dropped": cut.make_patch_tokens(12, SENSORS, 5, 4, start=3),
    "padded": cut.make_patch_tokens(12, SENSORS, 4, 4, start=-6, count=5),
    "lags": cut.make_lagged_tokens(12, SENSORS, 5, (1, 2, 7)),
    "distilled": cut.distil_tokens(cut.make_step_tokens(12, SENSORS)),
    "forecast": cut.make_forecast_tokens(12, SENSORS, (1, 3), 5),
    "selection": cut.make_selection_tokens(12, SENSORS),
    "registers": cut.with_special(
        cut.sensor_tokens(12, SENSORS), {0: SpecialToken.CLASS, -1: SpecialToken.REGISTER}
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_shares_of_a_token_sum_to_one(name: str) -> None:
    """Every token gives all of its score away; a special one gives none; none is negative."""
    coverage = CUTS[name]
    matrix = coverage_matrix(coverage)
    assert matrix.shape == (len(coverage.tokens), 12, 3)
    expected = [0.0 if token.special else 1.0 for token in coverage.tokens]
    np.testing.assert_allclose(matrix.sum((1, 2)), expected, atol=1e-12)
    assert (matrix >= 0).all()


@pytest.mark.parametrize("name", CUTS)
def test_spreading_is_a_product_with_the_matrix(name: str) -> None:
    """Cells and time are plain numpy sums of score times share."""
    coverage = CUTS[name]
    scores = np.random.default_rng(0).random(len(coverage.tokens))
    cells = np.einsum("k,kts->ts", scores, coverage_matrix(coverage))
    np.testing.assert_allclose(spread_to_cells(coverage, scores), cells, atol=1e-12)
    np.testing.assert_allclose(spread_to_time(coverage, scores), cells.sum(1), atol=1e-12)


@pytest.mark.parametrize("name", CUTS)
def test_nothing_is_lost_and_special_tokens_stand_apart(name: str) -> None:
    """Cells and special tokens together hold the sum of all scores."""
    coverage = CUTS[name]
    scores = np.random.default_rng(1).random(len(coverage.tokens))
    apart = special_scores(coverage, scores)
    assert [at for at, token in enumerate(coverage.tokens) if token.special] == [
        *coverage.special,
    ]
    total = spread_to_cells(coverage, scores).sum() + sum(value for _, value in apart)
    assert total == pytest.approx(scores.sum())


def test_overlapping_patches_share_their_rows() -> None:
    """Rows 0-3 and 2-5: rows 2 and 3 count half in each, so shares are 1/3, 1/3, 1/6, 1/6."""
    coverage = cut.make_patch_tokens(6, ("co",), 4, 2)
    np.testing.assert_allclose(
        coverage_matrix(coverage)[:, :, 0],
        [[1 / 3, 1 / 3, 1 / 6, 1 / 6, 0, 0], [0, 0, 1 / 6, 1 / 6, 1 / 3, 1 / 3]],
    )
    np.testing.assert_allclose(spread_to_time(coverage, [1, 1]), np.full(6, 1 / 3))


def test_dropped_rows_get_nothing() -> None:
    """Leading rows that no patch holds have no share in any score."""
    coverage = CUTS["dropped"]
    assert coverage.unread == 3
    time = spread_to_time(coverage, [1, 1])
    assert (time[:3] == 0).all()
    assert (time[3:] > 0).all()


def test_a_class_tokens_score_is_in_no_cell() -> None:
    """[CLS] holds 0.5: cells hold the other half, and its half is listed by its name."""
    plain = cut.make_patch_tokens(4, ("co",), 2, 2)
    coverage = cut.with_special(plain, {0: SpecialToken.CLASS})
    np.testing.assert_allclose(
        spread_to_time(coverage, [0.5, 0.2, 0.3]), [0.1, 0.1, 0.15, 0.15], atol=1e-12
    )
    assert special_scores(coverage, [0.5, 0.2, 0.3]) == (("[CLS]", 0.5),)


def test_a_padded_positions_missing_score_spoils_no_cell() -> None:
    """NaN, which stands for padding, stays out of the cells of the tokens that hold some."""
    coverage = cut.make_patch_tokens(4, ("co",), 2, 2, start=-2, count=3)
    np.testing.assert_allclose(spread_to_time(coverage, [np.nan, 0.2, 0.4]), [0.1, 0.1, 0.2, 0.2])


def test_lagged_rows_share_a_tokens_score() -> None:
    """Context of 2 steps, lags 1 and 3, 5 rows: tokens hold rows 0, 2 and 1, 3, half each."""
    coverage = cut.make_lagged_tokens(5, ("co",), 2, (1, 3))
    np.testing.assert_allclose(spread_to_time(coverage, [1.0, 3.0]), [0.5, 1.5, 0.5, 1.5, 0.0])


def test_sensor_tokens_give_sensors_their_own_score() -> None:
    """Variate tokens, with special ones before and after: each sensor has its token's score."""
    scores = [0.1, 0.2, 0.3, 0.15, 0.25]
    np.testing.assert_allclose(spread_to_sensors(CUTS["registers"], scores), [0.2, 0.3, 0.15])


def test_a_gates_weights_add_up_by_sensor() -> None:
    """Selection weights of each row, summed over rows."""
    weights = np.random.default_rng(0).dirichlet(np.ones(3), 12)
    found = spread_to_sensors(CUTS["selection"], weights.ravel())
    np.testing.assert_allclose(found, weights.sum(0))


@pytest.mark.parametrize("name", ["steps", "patches", "lags", "distilled"])
def test_sensors_are_not_ranked_where_tokens_hold_them_all(name: str) -> None:
    """Whatever the scores, every sensor has the same total: no ranking is given."""
    coverage = CUTS[name]
    scores = np.random.default_rng(2).random(len(coverage.tokens))
    totals = spread_to_cells(coverage, scores).sum(0)
    np.testing.assert_allclose(totals, np.full(3, scores.sum() / 3))
    with pytest.raises(ValueError, match=r"attention cannot tell sensors apart here: tokens are"):
        spread_to_sensors(coverage, scores)


def test_one_token_of_two_sensors_is_enough_to_refuse() -> None:
    """Sensor tokens but for one that holds two."""
    spans = (TokenSpan(rows=((0, 3),), sensors=(0,)), TokenSpan(rows=((0, 3),), sensors=(1, 2)))
    coverage = TokenCoverage(kind=TokenKind.SENSORS, window=4, sensors=SENSORS, tokens=spans)
    with pytest.raises(ValueError, match="cannot tell sensors apart"):
        spread_to_sensors(coverage, [0.5, 0.5])


@pytest.mark.parametrize("scores", [[1.0], [[1.0, 2.0, 3.0]], [1.0, 2.0, 3.0, 4.0]])
def test_one_score_for_each_token(scores: list[float]) -> None:
    """Too few, too many or a table of them: told."""
    for spread in (spread_to_cells, spread_to_time, spread_to_sensors, special_scores):
        with pytest.raises(ValueError, match="scores for 3 tokens"):
            spread(CUTS["sensors"], scores)


def test_a_channel_independent_models_sensors_are_not_identifiable() -> None:
    """The theorem: each channel's own received attention sums to 1, so all sensors tie.

    A real PatchTST, its three channels' eager maps one by one, spread over the cells of that
    channel: totals by sensor differ by rounding only, though the maps differ.
    """
    torch.manual_seed(3)
    config = PatchTSTConfig(
        num_input_channels=3,
        context_length=24,
        patch_length=6,
        patch_stride=3,
        d_model=16,
        num_attention_heads=2,
        num_hidden_layers=2,
        ffn_dim=16,
        attn_implementation="eager",
    )
    model = PatchTSTModel(config).eval()
    for parameter in model.parameters():
        parameter.data = torch.randn_like(parameter) * 0.5
    values = torch.randn(1, 24, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        maps = model(past_values=values, output_attentions=True).attentions
    received = torch.stack(maps).mean((0, 2, 3)).double().numpy()  # (channel, patch)
    coverage = find_coverage(model)
    assert coverage is not None
    assert received.shape == (3, len(coverage.tokens))
    assert np.ptp(received, axis=0).max() > 0.01
    totals = [spread_to_cells(alone(coverage, at), received[at]).sum(0) for at in range(3)]
    np.testing.assert_allclose(np.sum(totals, axis=0), np.ones(3), atol=1e-6)
    with pytest.raises(ValueError, match="cannot tell sensors apart"):
        spread_to_sensors(coverage, received.mean(0))


def alone(coverage: TokenCoverage, channel: int) -> TokenCoverage:
    """The same patches, of one channel only."""
    spans = [token.model_copy(update={"sensors": (channel,)}) for token in coverage.tokens]
    return cut.make_coverage(coverage.kind, coverage.window, coverage.sensors, spans)
