"""The two public data types: attention read from a model, and what was computed from it.

Axes are always in the order layer head query key. Weights are probabilities: what really
multiplied the values. Never: a computation; measures and summaries live in `measures/`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np

from generator.hashing import sha256_array, sha256_json
from generator.kinds import TokenKind
from generator.notice import NOTICE

# Clocks, the rounding of the self-proof and the digest itself stay outside the digest.
UNHASHED = frozenset({"timestamp", "processing_time_ms", "provenance_hash", "proof"})


def _now() -> datetime:
    return datetime.now(UTC)


def _make_empty() -> np.ndarray:
    return np.empty(0, dtype=np.float32)


@dataclass(eq=False)
class AttentionWeights:
    """Attention probabilities of one attention group of a model.

    Attributes:
        weights: (layers, heads, queries, keys), float32; heads is 1 when they were averaged.
        layer, head: the active layer and head, for callers that keep one in mind.
        feature_names: one name per key position, only where a token stands for a sensor.
        timestep_names: one label per key position, where a token stands for a time span.
        model_name: the model's class, or its id in a manifest.
        timestamp: when the weights were read (UTC); outside every digest.
        input_shape: the shape of the model's main input.
        mask: (queries, keys) bool, True where the query may see the key; None when unknown.
        missing_mass: (layers, heads, queries), probability that went to no key (sinks).
        group: 'encoder' (or the only self-attention), 'decoder' or 'cross'.
        tokens: what one token stands for.
        layer_names: the qualified module name of each layer.
        captured_by: how each layer was read ('sdpa', 'flex', 'softmax', 'row sums').
        kinds: what each layer's map is: to its own sequence or another, over which keys, mean over
            which rows, and what its positions are where they are no positions of the sequence.
        averaged_heads: how many heads one map is the mean of.
        samples: how many samples one map is the mean of.
        rows_per_sample: batch rows the model made of one sample (channels or windows).
        focus_by_head: (layers, heads, queries), mean over samples of each row's own focus, taken
            before heads or samples are averaged; NaN for padding.
        received_by_sample: (samples, layers, keys), head-mean attention received in each sample.
        expected_by_sample: the same if every query spread its attention evenly over its keys.
        gaps: modules that say attention and ran, but in which no attention matrix was seen, and
            calls whose map failed its proof.
        proof: per layer, the largest |map x values - the model's own output| over the largest
            |output|; empty when it was not measured. Rounding: outside every digest.
        banner: a warning every picture and file carries, such as that the data is simulated.
        model_digest, input_digest: SHA-256 of the parameters and of the input.
        settings: what the extraction was asked for.
    """

    weights: np.ndarray = field(default_factory=_make_empty)
    layer: int = 0
    head: int = 0
    feature_names: list[str] | None = None
    timestep_names: list[str] | None = None
    model_name: str = "unknown"
    timestamp: datetime = field(default_factory=_now)
    input_shape: tuple[int, ...] = ()
    _: KW_ONLY
    mask: np.ndarray | None = None
    missing_mass: np.ndarray | None = None
    group: str = "encoder"
    tokens: TokenKind = TokenKind.POSITIONS
    layer_names: tuple[str, ...] = ()
    captured_by: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    averaged_heads: int = 1
    samples: int = 1
    rows_per_sample: int = 1
    focus_by_head: np.ndarray | None = None
    received_by_sample: np.ndarray | None = None
    expected_by_sample: np.ndarray | None = None
    gaps: tuple[str, ...] = ()
    proof: tuple[float, ...] = ()
    banner: str = ""
    model_digest: str = ""
    input_digest: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.weights = np.asarray(self.weights)

    def get_shape(self) -> tuple[int, int, int, int]:
        """(layers, heads, queries, keys); zeros for axes that are not there."""
        shape = (*self.weights.shape, 0, 0, 0, 0)[:4] if self.weights.size else (0, 0, 0, 0)
        return int(shape[0]), int(shape[1]), int(shape[2]), int(shape[3])

    def validate(self, atol: float = 0.01) -> bool:
        """True when every row is a probability distribution, wholly masked, or short by a sink."""
        return not self.problems(atol)

    def problems(self, atol: float = 0.01) -> list[str]:
        """Why the weights are not valid attention, one sentence each; empty when they are."""
        weights = self.weights
        if weights.size == 0:
            return ["there are no weights"]
        if weights.ndim != 4:
            return [f"weights must be (layers, heads, queries, keys), found {weights.ndim} axes"]
        if not np.isfinite(weights).all():
            return [f"{int((~np.isfinite(weights)).sum())} weights are NaN or infinite"]
        return self._check_negative(atol) + self._check_row_sums(atol)

    def _check_negative(self, atol: float) -> list[str]:
        low = float(self.weights.min())
        return [f"a weight is negative ({low:.4g})"] if low < -atol else []

    def _check_row_sums(self, atol: float) -> list[str]:
        sums = self.weights.sum(axis=-1, dtype=np.float64)
        whole = sums if self.missing_mass is None else sums + self.missing_mass
        over, under = sums > 1 + atol, (whole < 1 - atol) & (sums != 0)
        problems = []
        if over.any():
            problems.append(f"{int(over.sum())} rows sum to more than 1 (largest {sums.max():.4g})")
        if under.any():
            low = float(whole[under].min())
            problems.append(f"{int(under.sum())} rows sum to less than 1 (smallest {low:.4g})")
        return problems


def check_weights(weights: AttentionWeights) -> None:
    """Refuse weights that are not attention.

    Raises:
        ValueError: they are none, with every reason.
    """
    problems = weights.problems()
    if problems:
        raise ValueError(f"Invalid attention weights: {'; '.join(problems)}")


@dataclass(eq=False)
class AttentionSummary:
    """What was computed from attention weights alone; it carries the weights for the exports.

    Softmax rows sum to 1, so a mean over rows is a constant: it appears nowhere here.
    Definitions and sources stand in `generator.measures`.

    Attributes:
        aggregated_weights: (layers, queries, keys), mean over heads.
        feature_importance: (keys,), lift normalised to sum 1.
        top_attended_features: (name, importance), highest first, ties by position.
        top_attending_features: (name, focus), highest first, ties by position.
        layer_importance: (layers,), mean focus.
        head_importance: {layer: (heads,)}, mean focus.
        provenance_hash: SHA-256 of everything here but clocks and itself.
        processing_time_ms: how long the summary took; outside the digest.
        names: one label per key; query_names: one per query.
        received: (keys,), mean attention received; lift: (keys,), 1.0 = uniform.
        focus: (queries,), 1 - entropy / log(visible keys); 0 = uniform, 1 = one key.
        weights: the attention the summary was made from.
        versions: program and library versions; settings: what was asked for.
    """

    aggregated_weights: np.ndarray = field(default_factory=_make_empty)
    feature_importance: np.ndarray = field(default_factory=_make_empty)
    top_attended_features: list[tuple[str, float]] = field(default_factory=list)
    top_attending_features: list[tuple[str, float]] = field(default_factory=list)
    layer_importance: np.ndarray = field(default_factory=_make_empty)
    head_importance: dict[int, np.ndarray] = field(default_factory=dict)
    provenance_hash: str = ""
    processing_time_ms: float = 0.0
    _: KW_ONLY
    names: list[str] = field(default_factory=list)
    query_names: list[str] = field(default_factory=list)
    received: np.ndarray = field(default_factory=_make_empty)
    lift: np.ndarray = field(default_factory=_make_empty)
    focus: np.ndarray = field(default_factory=_make_empty)
    weights: AttentionWeights = field(default_factory=AttentionWeights)
    versions: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    notice: str = NOTICE

    def calculate_provenance(self) -> str:
        """SHA-256 of the canonical JSON of every field but timestamp, duration and the hash."""
        return sha256_json(to_hashable(self))


def to_hashable(value: Any) -> Any:
    """A JSON value that stands for `value` completely: arrays by digest, records by field."""
    if isinstance(value, AttentionWeights | AttentionSummary):
        names = (f.name for f in fields(value) if f.name not in UNHASHED)
        return {name: to_hashable(getattr(value, name)) for name in names}
    if isinstance(value, np.ndarray):
        return {"sha256": sha256_array(value)}
    if isinstance(value, dict):
        return {str(key): to_hashable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_hashable(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
