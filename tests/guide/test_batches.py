"""The guide's loop over batches: bounded memory, repeated batches from the cache, none stale."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from generator import AttentionSummary, AttentionVisualizer, AttentionWeights
from generator.capture.cache import ExtractionCache, size_of

LAYERS, HEADS, POSITIONS, WIDTH = 2, 4, 48, 16


@pytest.fixture
def model() -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 32, batch_first=True)
    return nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False).eval()


@pytest.fixture
def passes(model: nn.Module) -> Iterator[list[int]]:
    """One entry per forward pass of the model, by a hook on it."""
    counted: list[int] = []
    handle = model.register_forward_pre_hook(lambda module, given: counted.append(1))
    yield counted
    handle.remove()


def batches(count: int, size: int = 4) -> Iterator[np.ndarray]:
    """Seeded batches, each its own."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        yield rng.normal(size=(size, POSITIONS, WIDTH)).astype(np.float32)


def loop(visualizer: AttentionVisualizer, count: int) -> list[AttentionSummary]:
    """The guide's own lines."""
    results = []
    for batch in batches(count):
        weights = visualizer.extract_attention_weights(batch)
        summary = visualizer.get_attention_summary(weights)
        results.append(summary)
    return results


def tensors_alive() -> int:
    gc.collect()
    return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())


def test_a_second_loop_runs_the_model_not_once(model: nn.Module, passes: list[int]) -> None:
    """Sixteen batches twice: sixteen passes, and the second summaries equal the first."""
    visualizer = AttentionVisualizer(model)
    first = loop(visualizer, 16)
    assert passes == [1] * 16
    second = loop(visualizer, 16)
    assert passes == [1] * 16
    for one, other in zip(first, second, strict=True):
        assert one.weights.weights is other.weights.weights
        np.testing.assert_array_equal(one.feature_importance, other.feature_importance)
        assert one.provenance_hash == other.provenance_hash


def test_the_cache_is_what_the_model_says(model: nn.Module) -> None:
    """From the cache or not: the very same numbers."""
    cached, plain = AttentionVisualizer(model), AttentionVisualizer(model, enable_caching=False)
    loop(cached, 3)
    for one, other in zip(loop(cached, 3), loop(plain, 3), strict=True):
        assert one.weights.weights.tobytes() == other.weights.weights.tobytes()
        assert one.provenance_hash == other.provenance_hash


def test_no_tensor_outlives_its_batch(model: nn.Module) -> None:
    """After two batches as many tensors live as after thirty."""
    visualizer = AttentionVisualizer(model)
    counts = {}
    for number, batch in enumerate(batches(30), start=1):
        visualizer.extract_attention_weights(batch)
        if number in {2, 30}:
            counts[number] = tensors_alive()
    assert counts[2] == counts[30]


@pytest.mark.parametrize(("caching", "alive"), [(True, [20, 21, 22, 23]), (False, [])])
def test_memory_does_not_grow_with_the_batches(
    model: nn.Module, caching: bool, alive: list[int]
) -> None:
    """Of 24 batches' maps the cache holds its last four, and without it none is held."""
    visualizer = AttentionVisualizer(model, enable_caching=caching)
    visualizer._attention_cache = ExtractionCache(most=4)
    maps = [weakref.ref(visualizer.extract_attention_weights(b).weights) for b in batches(24)]
    gc.collect()
    assert [number for number, found in enumerate(maps) if found() is not None] == alive


def maps_of(size: int) -> AttentionWeights:
    return AttentionWeights(weights=np.ones((1, 1, size, size), dtype=np.float32))


def test_what_is_kept_is_bounded_in_bytes() -> None:
    """Ten maps of 400 bytes in a cache of 1000: the last two stay."""
    kept = ExtractionCache(most=64, most_bytes=1000)
    for number in range(10):
        kept.keep(str(number), maps_of(10))
    assert (len(kept), kept.nbytes) == (2, 800)
    assert [kept.find(str(n)) is not None for n in (7, 8, 9)] == [False, True, True]


def test_one_answer_is_kept_however_large() -> None:
    """A map larger than the whole bound is there for the next question, and alone."""
    kept = ExtractionCache(most=64, most_bytes=1000)
    kept.keep("small", maps_of(10))
    kept.keep("large", maps_of(20))
    assert (len(kept), kept.nbytes) == (1, size_of(maps_of(20)))


def test_what_was_used_last_stays() -> None:
    """Looking an answer up makes it the newest; what leaves is let go of."""
    kept = ExtractionCache(most=2)
    oldest, older = maps_of(3), maps_of(3)
    gone = weakref.ref(older)
    kept.keep("a", oldest)
    kept.keep("b", older)
    kept.find("a")
    kept.keep("c", maps_of(3))
    del older
    gc.collect()
    assert kept.find("a") is oldest
    assert gone() is None


def first_weight(model: nn.Module) -> nn.Parameter:
    return next(model.parameters())


def by_gradient_step(model: nn.Module) -> None:
    with torch.no_grad():
        first_weight(model).add_(0.5)


def behind_autograd(model: nn.Module) -> None:
    first_weight(model).data.add_(0.5)


def through_numpy(model: nn.Module) -> None:
    shared: np.ndarray = first_weight(model).detach().numpy()
    shared += 0.5


@pytest.mark.parametrize("change", [by_gradient_step, behind_autograd, through_numpy])
def test_a_changed_weight_is_never_served_stale(
    model: nn.Module, passes: list[int], change: Callable[[nn.Module], None]
) -> None:
    """However a weight was changed, the batch is read anew."""
    visualizer = AttentionVisualizer(model)
    [batch] = batches(1)
    before = visualizer.extract_attention_weights(batch).weights
    change(model)
    after = visualizer.extract_attention_weights(batch).weights
    assert len(passes) == 2
    assert not np.array_equal(before, after)


@pytest.mark.parametrize("change", [behind_autograd, through_numpy])
def test_version_counters_would_not_do(
    model: nn.Module, change: Callable[[nn.Module], None]
) -> None:
    """Why every weight is read each time: these changes leave torch's own counter as it was."""
    before = first_weight(model)._version
    change(model)
    assert first_weight(model)._version == before


def test_another_precision_input_or_question_is_another_answer(
    model: nn.Module, passes: list[int]
) -> None:
    """Input turned round, a value changed in place, other requests, a model in double."""
    visualizer = AttentionVisualizer(model)
    [batch] = batches(1)
    visualizer.extract_attention_weights(batch)
    visualizer.extract_attention_weights(batch[:, ::-1])
    batch[0, 0, 0] += 1
    visualizer.extract_attention_weights(batch)
    visualizer.extract_attention_weights(batch, return_all_layers=False)
    visualizer.extract_attention_weights(batch, return_all_heads=True)
    model.double()
    assert visualizer.extract_attention_weights(batch).weights.dtype == np.float32
    assert len(passes) == 6


def test_another_dtype_of_the_same_numbers_is_cast_to_the_models(
    model: nn.Module, passes: list[int]
) -> None:
    """Readings in float64 become the model's float32: the same input, one pass."""
    visualizer = AttentionVisualizer(model)
    [batch] = batches(1)
    one = visualizer.extract_attention_weights(batch)
    other = visualizer.extract_attention_weights(batch.astype(np.float64))
    assert len(passes) == 1
    assert one.input_digest == other.input_digest


def test_exports_of_every_batch_can_be_written(model: nn.Module, tmp_path: Path) -> None:
    """The loop's summaries are whole: each writes its page."""
    visualizer = AttentionVisualizer(model)
    paths = [
        visualizer.export_visualization(summary, "json", tmp_path / f"{number}.json")
        for number, summary in enumerate(loop(visualizer, 2))
    ]
    assert [path.stat().st_size > 0 for path in paths] == [True, True]
