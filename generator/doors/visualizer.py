"""The façade of the user's guide. It holds a model and names; the work is done elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from generator.attention import AttentionSummary, AttentionWeights, check_weights
from generator.capture.cache import ExtractionCache
from generator.capture.digests import Unhashable, argument_digest, model_cache_key, model_digest
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import ModelInput, model_input
from generator.exports import export
from generator.figures import draw
from generator.figures.view import make_map_view
from generator.hashing import sha256_json
from generator.kinds import ExportFormat, TokenKind, VisualizationType
from generator.measures.ranking import rank_names
from generator.measures.summary import clip_top_k, summarise
from generator.notice import SIMULATED
from generator.tokens.axes import check_names
from generator.tokens.families import find_coverage
from generator.tokens.kinds import find_token_kind, refuse_feature_names
from generator.tokens.names import name_sensor_tokens


class AttentionVisualizer:
    """Reads, summarises, draws and exports the attention of a transformer.

    Args:
        model: any PyTorch or Hugging Face transformer, left as it is; None to work from weights.
        feature_names: one sensor name per token, where tokens stand for sensors; none for special
            tokens of a model that says which of its tokens are.
        enable_caching: keep the last extractions (64 at most, 256 MB at most), found again by the
            digests of parameters, input and request; a changed model is read anew, what has no
            digest is never kept.
        timestep_names: one label per token, where tokens stand for time spans.
        model_name: what to call the model in files; its class when empty.
        simulated: the readings come from a simulator; every picture and file then says so.
    """

    def __init__(
        self,
        model: Any = None,
        feature_names: Sequence[str] | None = None,
        enable_caching: bool = True,
        *,
        timestep_names: Sequence[str] | None = None,
        model_name: str = "",
        simulated: bool = False,
    ) -> None:
        self.model = model
        self.feature_names = list(feature_names or [])
        self.timestep_names = list(timestep_names or [])
        self.enable_caching = enable_caching
        self.model_name = model_name
        self.banner = SIMULATED if simulated else ""
        self._attention_cache = ExtractionCache()

    def extract_attention_weights(
        self,
        input_data: Any,
        return_all_layers: bool = True,
        return_all_heads: bool = False,
        *,
        group: str = "encoder",
        sample: int | None = None,
        layers: Sequence[int] | None = None,
    ) -> AttentionWeights:
        """Read the attention the model computes on some input.

        Args:
            input_data: an array (samples, positions) of token ids, a float array
                (samples, positions, width), or a mapping with every argument by name.
            return_all_layers: every layer, else the last.
            return_all_heads: every head, else their mean, reduced while the model runs.
            group: 'encoder' (or the only self-attention), 'decoder' or 'cross'.
            sample: one sample of the batch, else the mean over all.
            layers: which layers of the group, where their shapes differ.

        Returns:
            weights of shape (layers, heads, queries, keys).

        Raises:
            ValueError: an argument is missing, names do not fit the positions, a group, layer
                or sample is not there, or the model computes no attention that can be shown.
        """
        if not isinstance(self.model, nn.Module):
            raise ValueError("extraction needs a PyTorch model: AttentionVisualizer(model=...)")
        chosen = None if layers is None else tuple(layers)
        asked = Extraction(return_all_layers, return_all_heads, group, sample, chosen)
        given = model_input(self.model, input_data)
        tokens = find_token_kind(self.model, given.integer)
        return self._add_names(self._extract(given, asked), tokens)

    def _extract(self, given: ModelInput, asked: Extraction) -> AttentionWeights:
        digest = model_digest(self.model)
        key = self._make_cache_key(digest, given, asked) if self.enable_caching else None
        if key is None:
            return extract_attention(self.model, given, asked, digest)
        found = self._attention_cache.find(key)
        if found is None:
            found = extract_attention(self.model, given, asked, digest)
            self._attention_cache.keep(key, found)
        return found

    def _make_cache_key(self, digest: str, given: ModelInput, asked: Extraction) -> str | None:
        """What an answer depends on; None where that cannot be told by digest."""
        try:
            handed = argument_digest(given.arguments, strict=True)
        except Unhashable:
            return None
        kind = type(self.model).__qualname__
        return sha256_json([model_cache_key(self.model, digest), handed, asked.settings(), kind])

    def _add_names(self, weights: AttentionWeights, tokens: TokenKind) -> AttentionWeights:
        if self.feature_names:
            refuse_feature_names(tokens)
        features = self._list_features(tokens)
        names = features or self.timestep_names
        if names:
            check_names(names, weights.get_shape()[3])
        return replace(
            weights,
            feature_names=features or None,
            timestep_names=list(self.timestep_names) or None,
            model_name=self.model_name or weights.model_name,
            banner=self.banner or weights.banner,
            settings=dict(weights.settings),
            tokens=TokenKind.SENSORS if self._names_sensors(tokens) else tokens,
        )

    def _list_features(self, tokens: TokenKind) -> list[str]:
        """The caller's names, and the model's own for its special tokens, which are no sensors."""
        named = self.feature_names and tokens is TokenKind.SENSORS
        found = find_coverage(self.model) if named and isinstance(self.model, nn.Module) else None
        if found is None or not found.special:
            return list(self.feature_names)
        return name_sensor_tokens(found, self.feature_names)

    def _names_sensors(self, tokens: TokenKind) -> bool:
        """Unknown positions the caller names as features are, on the caller's word, sensors."""
        return bool(self.feature_names) and tokens is TokenKind.POSITIONS

    def visualize_attention(
        self,
        attention_weights: AttentionWeights,
        layer: int = 0,
        head: int = 0,
        viz_type: VisualizationType | str = VisualizationType.HEATMAP,
        figsize: tuple[float, float] = (10, 8),
    ) -> dict[str, Any]:
        """Draw one head's map.

        Returns:
            figure (matplotlib), matrix (queries, keys), layer, head, type (a plain string).

        Raises:
            ValueError: invalid weights, a layer or head out of range, an unknown type.
        """
        kind = VisualizationType(viz_type)
        check_weights(attention_weights)
        view = make_map_view(attention_weights, layer, head, banner=attention_weights.banner)
        figure = draw(view, kind, figsize)
        matrix = np.asarray(view.matrix)
        return {
            "figure": figure,
            "matrix": matrix,
            "layer": layer,
            "head": head,
            "type": kind.value,
        }

    def get_attention_summary(
        self, attention_weights: AttentionWeights, top_k: int = 5
    ) -> AttentionSummary:
        """Aggregate across layers and heads; see `AttentionSummary` for what its fields hold."""
        return summarise(self._ensure_names(attention_weights), top_k)

    def _ensure_names(self, weights: AttentionWeights) -> AttentionWeights:
        """Weights nobody named get this visualizer's names."""
        if weights.feature_names or weights.timestep_names:
            return weights
        if not (self.feature_names or self.timestep_names):
            return weights
        return self._add_names(weights, weights.tokens)

    def highlight_important_features(
        self,
        attention_weights: AttentionWeights,
        threshold: float = 0.1,
        top_k: int | None = None,
    ) -> dict[str, Any]:
        """Features whose importance is at least `threshold`, or the `top_k` highest.

        Returns:
            important_features [{name, importance, rank}], feature_importances {name: value},
            threshold, count, uniform (1/n: what every feature would have under uniform
            attention; compare the threshold with it).
        """
        summary = summarise(self._ensure_names(attention_weights), 1)
        everything = rank_names(summary.names, summary.feature_importance)
        kept = [item for item in everything if item[1] >= threshold]
        if top_k is not None:
            kept = everything[: clip_top_k(top_k, len(everything))]
        rows = [{"name": n, "importance": v, "rank": i} for i, (n, v) in enumerate(kept, start=1)]
        values = [float(value) for value in summary.feature_importance]
        return {
            "important_features": rows,
            "feature_importances": dict(zip(summary.names, values, strict=True)),
            "threshold": threshold,
            "count": len(rows),
            "uniform": 1 / len(everything),
        }

    def export_visualization(
        self,
        summary: AttentionSummary,
        format: ExportFormat | str = ExportFormat.HTML,
        output_path: str | Path | None = None,
    ) -> Path:
        """Write a summary as html, png, svg, json or csv; default attention_summary.<ext>."""
        target = None if output_path is None else Path(output_path)
        return export(summary, format, target, banner=summary.weights.banner)
