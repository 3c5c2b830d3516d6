"""One attention map, ready to be drawn: AttentionWeights and a choice in, MapView out.

Never: a drawing, or a name that does not belong to its position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.attention import AttentionWeights
from generator.kinds import TokenKind
from generator.measures.shares import attention_received, uniform_share
from generator.measures.visible import find_visible
from generator.tokens.axes import name_axes


@dataclass(frozen=True, eq=False)
class MapView:
    """One (queries, keys) map with everything a figure says about it.

    Attributes:
        matrix: (queries, keys), attention weights.
        query_names, key_names: one name per row and per column.
        layer, head: which map it is; None where it is the mean over all of them.
        tokens: what one token stands for.
        uniform: 1 / keys, the weight when attention is spread evenly.
        visible: (queries, keys) bool, False where the query may not look at the key.
        received_by_sample: (samples, keys), head-mean attention received in each sample.
        sample_labels: one label per sample, in the order of the samples.
        title: the figure's headline.
        banner: a warning that every picture carries ('' for none).
    """

    matrix: np.ndarray
    query_names: tuple[str, ...]
    key_names: tuple[str, ...]
    layer: int | None
    head: int | None
    tokens: TokenKind
    uniform: float
    visible: np.ndarray
    received_by_sample: np.ndarray | None = None
    sample_labels: tuple[str, ...] = ()
    title: str = ""
    banner: str = ""

    @property
    def received(self) -> np.ndarray:
        """(keys,): mean attention received over the queries that see anything."""
        return np.asarray(attention_received(self.matrix[None, None], self.visible))

    @property
    def expected(self) -> np.ndarray:
        """(keys,): what uniform attention under the same mask would give each key."""
        return np.asarray(uniform_share(self.visible))

    @property
    def values(self) -> np.ndarray:
        """(links,) the weights of all links a query may use."""
        return np.asarray(self.matrix[self.visible])


def make_map_view(
    weights: AttentionWeights,
    layer: int | None,
    head: int | None,
    *,
    query_names: Sequence[str] | None = None,
    sample_labels: Sequence[str] = (),
    title: str = "",
    banner: str = "",
) -> MapView:
    """One map of the weights; None for layer or head takes the mean over all of them.

    Where the weights hold the head mean only (one head, the mean of several), head 0 is it.

    Raises:
        ValueError: no drawable weights, a layer or head out of range or negative, names or
            sample labels that do not fit, feature names for tokens known not to be sensors.
    """
    check_maps(weights)
    layers, heads, queries, keys = weights.get_shape()
    kept_layer = check_index("layer", layer, layers)
    kept_head = check_index("head", head, heads)
    given_names, by_position = name_axes(weights)
    names = list(query_names) if query_names is not None else by_position
    check_count("query names", len(names), "queries", queries)
    samples = mean_by_sample(weights, kept_layer)
    if samples is not None and sample_labels:
        check_count("sample labels", len(sample_labels), "samples", len(samples))
    averaged = weights.averaged_heads > 1 and heads == 1
    return MapView(
        matrix=mean_map(weights.weights, kept_layer, kept_head),
        query_names=tuple(names),
        key_names=tuple(given_names),
        layer=kept_layer,
        head=None if averaged else kept_head,
        tokens=TokenKind(weights.tokens),
        uniform=1.0 / keys,
        visible=find_visible(weights),
        received_by_sample=samples,
        sample_labels=tuple(sample_labels),
        title=title or compose_headline(weights, kept_layer, kept_head),
        banner=banner,
    )


def check_maps(weights: AttentionWeights) -> None:
    """Refuse weights that cannot be drawn, and sensor names on tokens that are no sensors.

    Raises:
        ValueError: it is one of these.
    """
    if weights.weights.size == 0 or weights.weights.ndim != 4:
        raise ValueError(f"no attention map to draw: {'; '.join(weights.problems())}")
    if not np.isfinite(weights.weights).all():
        raise ValueError("attention weights hold NaN or infinite values: extract them again")
    if weights.feature_names and weights.tokens in (TokenKind.TIMESTEPS, TokenKind.PATCHES):
        raise ValueError(
            f"feature_names given, but tokens are {weights.tokens.value}; use timestep_names"
        )


def check_count(what: str, found: int, axis: str, expected: int) -> None:
    """Refuse names that are more or fewer than what they name.

    Raises:
        ValueError: they are.
    """
    if found != expected:
        raise ValueError(f"{found} {what} for {expected} {axis}: give one each")


def check_index(axis: str, index: int | None, count: int) -> int | None:
    """The index, if the axis has it; None stays None.

    Raises:
        ValueError: the axis has no such index.
    """
    if index is not None and not 0 <= index < count:
        raise ValueError(f"{axis} {index} is out of range: choose 0 to {count - 1}")
    return index


def mean_map(weights: np.ndarray, layer: int | None, head: int | None) -> np.ndarray:
    """(queries, keys) float64: one map, or the mean over the axes whose index is None."""
    layers = weights if layer is None else weights[layer : layer + 1]
    maps = layers if head is None else layers[:, head : head + 1]
    found: np.ndarray = maps.mean(axis=(0, 1), dtype=np.float64)
    return found


def mean_by_sample(weights: AttentionWeights, layer: int | None) -> np.ndarray | None:
    """(samples, keys): attention received in each sample, of one layer or of all on average."""
    if weights.received_by_sample is None:
        return None
    kept = slice(None) if layer is None else slice(layer, layer + 1)
    means: np.ndarray = weights.received_by_sample[:, kept].mean(axis=1, dtype=np.float64)
    return means


def compose_headline(weights: AttentionWeights, layer: int | None, head: int | None) -> str:
    """'combustion · layer 0, head 3', or which means were taken."""
    layers, heads, _, _ = weights.get_shape()
    count = weights.averaged_heads if heads == 1 else heads
    mean = (head is None or heads == 1) and count > 1
    of_head = f"mean of {count} heads" if mean else f"head {head or 0}"
    of_layer = f"mean of {layers} layers" if layer is None and layers > 1 else f"layer {layer or 0}"
    return f"{weights.model_name} · {of_layer}, {of_head}"
