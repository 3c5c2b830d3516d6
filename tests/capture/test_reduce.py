"""Each reduction equals the same quantity of the whole explicit map, however it is cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import entropy as scipy_entropy

from generator.capture.calls import AttentionCall
from generator.capture.kernels import steps
from generator.capture.kernels.sdpa import ScaledDotProduct, build_scaled_dot_product
from generator.capture.reduce.focus import Focus
from generator.capture.reduce.mean_map import HeadMaps, HeadMean, VisibleKeys
from generator.capture.reduce.pyramid import Pyramid
from generator.capture.reduce.received import ReceivedSums
from generator.capture.reduce.reduction import Frame, Reduction
from generator.capture.reduce.rollout import Rollout
from generator.capture.reduce.thumbnail import Thumbnails
from generator.capture.reduce.windows import WindowSpread
from generator.capture.streaming import select_real_queries
from generator.errors import CaptureError

SAMPLES, PER_SAMPLE, HEADS, QUERIES, KEYS = 3, 2, 4, 10, 12
CALL = AttentionCall("layer", 0, "sdpa", SAMPLES * PER_SAMPLE, HEADS, QUERIES, KEYS)
FRAME = Frame(CALL, PER_SAMPLE)
CUTS = (30, 150, 10**6)


@pytest.fixture(params=CUTS)
def cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of some queries, of some heads, of all rows."""
    monkeypatch.setattr(steps, "ELEMENTS", request.param)
    monkeypatch.setattr(steps, "LONG", request.param)


def product(kind: str) -> ScaledDotProduct:
    """Open, causal by the kernel's own flag, or with a mask of each row's own."""
    torch.manual_seed(0)
    rows = SAMPLES * PER_SAMPLE
    query = torch.randn(rows, HEADS, QUERIES, 8)
    key, value = (torch.randn(rows, HEADS, KEYS, 8) for _ in range(2))
    mask = torch.rand(rows, 1, QUERIES, KEYS) > 0.4
    mask[..., 0] = True
    given = mask if kind == "masked" else None
    return build_scaled_dot_product(query, key, value, given, is_causal=kind == "causal")


def allowed(one: ScaledDotProduct) -> torch.Tensor:
    """(rows, 1, queries, keys) bool."""
    rows, _, queries, _ = one.query.shape
    whole = torch.ones(rows, 1, queries, one.key.shape[2], dtype=torch.bool)
    whole = whole.tril() if one.causal else whole
    return whole if one.mask is None else whole & one.mask


def explicit(one: ScaledDotProduct) -> np.ndarray:
    """(rows, heads, queries, keys) float64, written out."""
    scores = one.query.double() @ one.key.double().mT * one.scale
    found: np.ndarray = scores.masked_fill(~allowed(one), -torch.inf).softmax(-1).numpy()
    return found


def visible(one: ScaledDotProduct) -> np.ndarray:
    found: np.ndarray = allowed(one).expand(-1, HEADS, -1, -1).numpy()
    return found


def stated() -> torch.Tensor:
    """(samples, queries): the last three queries of the second sample are padding."""
    real = torch.ones(SAMPLES, QUERIES, dtype=torch.bool)
    real[1, 7:] = False
    return real


def weights() -> np.ndarray:
    """(rows, 1, queries, 1): 1 where the query counts."""
    rows: np.ndarray = stated().repeat_interleave(PER_SAMPLE, 0)[:, None, :, None].double().numpy()
    return rows


def reduced(reduction: Reduction[Any], one: ScaledDotProduct, said: torch.Tensor | None) -> Any:
    for block in one.blocks():
        reduction.add(block, select_real_queries(said, block, PER_SAMPLE))
    reduction.end()
    return reduction.finish()


def by_head(maps: np.ndarray, real: np.ndarray) -> np.ndarray:
    found: np.ndarray = (maps * real).sum(0) / real.sum(0)
    return found


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("kind", ["open", "causal", "masked"])
def test_mean_maps_are_means_over_real_rows(kind: str) -> None:
    """Of all heads, of chosen ones in their order, of their mean."""
    one = product(kind)
    wanted = by_head(explicit(one), weights())
    np.testing.assert_allclose(reduced(HeadMaps(FRAME), one, stated()), wanted, atol=1e-6)
    some = reduced(HeadMaps(FRAME, (3, 1)), one, stated())
    np.testing.assert_allclose(some, wanted[[3, 1]], atol=1e-6)
    mean = reduced(HeadMean(FRAME), one, stated())
    np.testing.assert_allclose(mean[0], wanted.mean(0), atol=1e-6)


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("kind", ["open", "causal", "masked"])
def test_received_and_expected_are_column_means(kind: str) -> None:
    """By sample, over its rows, heads and real queries; the even map has the mask's rows."""
    one = product(kind)
    maps, seen = explicit(one), visible(one)
    even = seen / seen.sum(-1, keepdims=True)
    found = reduced(ReceivedSums(FRAME), one, stated())
    for got, source in ((found.received, maps), (found.expected, even)):
        rows = (source * weights()).sum(2).mean(1) / weights().sum((1, 2))
        wanted = rows.reshape(SAMPLES, PER_SAMPLE, KEYS).mean(1)
        np.testing.assert_allclose(got, wanted, atol=1e-6)
    np.testing.assert_allclose(found.lift(), found.received.mean(0) / found.expected.mean(0))


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("kind", ["open", "causal", "masked"])
def test_without_padding_every_query_counts(kind: str) -> None:
    """Nothing stated: plain column means of every row."""
    one = product(kind)
    seen = visible(one)
    found = reduced(ReceivedSums(FRAME), one, None)
    for got, source in (
        (found.received, explicit(one)),
        (found.expected, seen / seen.sum(-1)[..., None]),
    ):
        wanted = source.mean((1, 2)).reshape(SAMPLES, PER_SAMPLE, KEYS).mean(1)
        np.testing.assert_allclose(got, wanted, atol=1e-6)


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("kind", ["open", "causal", "masked"])
def test_focus_is_one_minus_scipys_entropy(kind: str) -> None:
    """Per head and query, over real rows, against the logarithm of the keys in sight."""
    one = product(kind)
    keys = visible(one).sum(-1)
    rows = 1 - scipy_entropy(explicit(one), axis=-1) / np.log(np.maximum(keys, 2))
    rows = np.where(keys < 2, 0, rows)
    real = weights()[..., 0]
    np.testing.assert_allclose(reduced(Focus(FRAME), one, stated()), by_head(rows, real), atol=1e-5)


@pytest.mark.usefixtures("cut")
def test_visible_is_what_any_real_query_sees() -> None:
    """In any sample and row."""
    one = product("masked")
    wanted = (visible(one)[:, 0] & (weights()[:, 0] > 0)).any(0)
    np.testing.assert_array_equal(reduced(VisibleKeys(FRAME), one, stated()), wanted)
    open_ = product("open")
    assert reduced(VisibleKeys(FRAME), open_, None).all()


def pooled(whole: np.ndarray, rows: int, columns: int, how: Callable[..., Any]) -> np.ndarray:
    """Cells of a (..., queries, keys) array, the last ones short."""
    down = [how(whole[..., at : at + rows, :], axis=-2) for at in range(0, whole.shape[-2], rows)]
    tall = np.stack(down, -2)
    across = [
        how(tall[..., at : at + columns], axis=-1) for at in range(0, tall.shape[-1], columns)
    ]
    return np.stack(across, -1)


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("side", [4, 5, 100])
def test_thumbnails_are_the_largest_of_each_cell(side: int) -> None:
    """Per head, over samples; a picture larger than the map is the map."""
    one = product("masked")
    found = reduced(Thumbnails(FRAME, side), one, stated())
    rows, columns = (max(1, -(-n // side)) for n in (QUERIES, KEYS))
    wanted = pooled((explicit(one) * weights()).max(0), rows, columns, np.max)
    np.testing.assert_allclose(found.values, wanted, atol=1e-3)
    assert (found.queries, found.keys) == (rows, columns)


@pytest.mark.usefixtures("cut")
def test_zooms_halve_from_the_finest_to_the_coarsest() -> None:
    """Cells of the head mean, 3 x 3 at the finest here, then 2 x 2; mean over rows."""
    one = product("masked")
    found = reduced(Pyramid(FRAME, finest=4, coarsest=2), one, None)
    mean = explicit(one).mean(1)
    assert found.factors == (4, 8)
    finest = pooled(mean, 4, 4, np.max).mean(0)
    np.testing.assert_allclose(found.levels[0], finest, atol=1e-3)
    np.testing.assert_allclose(found.levels[1], pooled(finest, 2, 2, np.max), atol=1e-3)


@pytest.mark.usefixtures("cut")
def test_spread_is_the_standard_deviation_over_samples() -> None:
    """Each sample's head-mean map over its rows; a padded query counts where it is real."""
    one = product("masked")
    found = reduced(WindowSpread(FRAME), one, stated())
    by_sample = explicit(one).mean(1).reshape(SAMPLES, PER_SAMPLE, QUERIES, KEYS).mean(1)
    by_sample[1, 7:] = np.nan
    np.testing.assert_allclose(found.mean, np.nanmean(by_sample, 0), atol=1e-6)
    np.testing.assert_allclose(found.spread, np.nanstd(by_sample, 0, ddof=1), atol=1e-6)
    assert found.counts.tolist() == [3] * 7 + [2] * 3


def test_one_sample_has_no_spread() -> None:
    """A single window: NaN, not 0."""
    one = product("open")
    single = WindowSpread(Frame(CALL, SAMPLES * PER_SAMPLE))
    for block in one.blocks():
        single.add(block, None)
    single.end()
    assert np.isnan(single.finish().spread).all()


def square(seed: int, size: int = 9) -> ScaledDotProduct:
    torch.manual_seed(seed)
    query, key, value = (torch.randn(2, HEADS, size, 8) for _ in range(3))
    return build_scaled_dot_product(query, key, value)


def rolled(exact_to: int, layers: int = 3, size: int = 9) -> Any:
    rollout = Rollout(exact_to)
    call = AttentionCall("layer", 0, "sdpa", 2, HEADS, size, size)
    for layer in range(layers):
        part = rollout.add_layer(Frame(call, 1))
        for block in square(layer, size).blocks():
            part.add(block, None)
        part.end()
    return rollout.finish()


@pytest.mark.usefixtures("cut")
def test_rollout_is_the_published_product() -> None:
    """0.5 A + 0.5 I, multiplied from the first layer on, each row of the batch by itself."""
    wanted = []
    for row in range(2):
        product_ = np.eye(9)
        for layer in range(3):
            mean = explicit(square(layer))[row].mean(0)
            product_ = (0.5 * mean + 0.5 * np.eye(9)) @ product_
        wanted.append(product_)
    found = rolled(exact_to=9)
    assert (found.pooled, found.layers) == (1, 3)
    np.testing.assert_allclose(found.values, np.mean(wanted, 0), atol=1e-6)


@pytest.mark.usefixtures("cut")
def test_a_long_rollout_is_pooled_and_says_so() -> None:
    """Nine positions in pairs: mean over queries of what they give to a pair; rows sum to 1."""
    found = rolled(exact_to=5, layers=1)
    mean = pooled(explicit(square(0)).mean(1).mean(0), 1, 2, np.sum)
    wanted = 0.5 * pooled(mean, 2, 1, np.mean) + 0.5 * np.eye(5)
    assert found.pooled == 2
    np.testing.assert_allclose(found.values, wanted, atol=1e-6)
    np.testing.assert_allclose(rolled(exact_to=5).values.sum(-1), 1, atol=1e-6)


def test_rollout_refuses_what_it_cannot_multiply() -> None:
    """Cross-attention and layers of another length; and a rollout of nothing."""
    with pytest.raises(CaptureError, match="rollout multiplies self-attention"):
        Rollout().add_layer(FRAME)
    with pytest.raises(CaptureError, match="no layer of attention was read"):
        Rollout().finish()
