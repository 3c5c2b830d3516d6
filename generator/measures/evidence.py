"""What lies before the measures, and what each of them answers.

In: maps, and what else is known of the model. Never: a default for what only the caller knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from generator.attention import AttentionWeights
from generator.measures.read_out import ReadOut
from generator.words import counted

if TYPE_CHECKING:  # torch is loaded by whoever takes gradients, not by whoever reads a map
    from generator.capture.gradients import GradientMaps


@dataclass(frozen=True)
class ValueArrays:
    """The values of each layer and the output matrix's rows of each head, as in `value_norm`.

    Attributes:
        values: (layers, heads, keys, width).
        output: (layers, heads, width, model).
    """

    values: np.ndarray
    output: np.ndarray


@dataclass(frozen=True)
class AblationImportance:
    """What each head and each call is worth to F, in units of F.

    Attributes:
        calls: names of the attention calls, in the order they ran.
        heads: one (heads,) array for each call.
        layers: (calls,), all heads of a call replaced at once.
        references: how many samples the means were taken over.
    """

    calls: tuple[str, ...]
    heads: tuple[np.ndarray, ...]
    layers: np.ndarray
    references: int


@dataclass(frozen=True)
class Evidence:
    """Maps and their mask, and what may lie beside them; None where it was not given.

    Attributes:
        weights: the maps.
        mask: (queries, keys) bool.
        gradients: of the number to explain, over the same input.
        read_out: how the model reads its last layer.
        blocks: (positions,) labels of parts, such as groups of sensors.
        values: values and output matrices.
        ablation: what heads and layers were worth when replaced.
    """

    weights: AttentionWeights
    mask: np.ndarray
    gradients: GradientMaps | None = None
    read_out: ReadOut | None = None
    blocks: np.ndarray | None = None
    values: ValueArrays | None = None
    ablation: AblationImportance | None = None

    @property
    def attends_itself(self) -> bool:
        """Whether queries and keys are one sequence."""
        _, _, queries, keys = self.weights.get_shape()
        return self.weights.group != "cross" and queries == keys


@dataclass(frozen=True)
class MeasureValues:
    """A measure's numbers, or words in their place.

    Attributes:
        values: (positions,), (series,), (layers, heads) or (layers,).
        axis: whose positions they are.
        note: what was assumed.
        words: as many as values, which are then not shown.
    """

    values: np.ndarray
    axis: Literal["keys", "queries", ""] = ""
    note: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Missing:
    """Why a measure has no numbers here."""

    reason: str


NO_GRADIENTS = "It needs the gradient of the number to explain, which was not taken."
NO_READ_OUT = (
    "It depends on how the model reads its last layer (one position, the last, or the mean of all),"
    " which was not stated."
)
TWO_SEQUENCES = "Its queries and keys are not one sequence."
OTHER_CALLS = "The gradients are not of the calls whose maps are shown."
HEADS_AVERAGED = "The heads were averaged when the maps were read; read them with all heads."


def head_means(evidence: Evidence) -> np.ndarray:
    """(layers, queries, keys) mean attention over the heads of each layer, a share from 0 to 1."""
    return np.asarray(evidence.weights.weights.mean(axis=1, dtype=np.float64))


def blank_padding(values: np.ndarray, evidence: Evidence) -> np.ndarray:
    """(keys,) of the same unit as `values` (keys,), NaN for keys nobody may see."""
    return np.where(evidence.mask.any(axis=0), values, np.nan)


def describe_means(weights: AttentionWeights) -> str:
    """One sentence where a map is the mean of several, '' where it is of one."""
    parts = [
        f"{count} {word}"
        for count, word in (
            (weights.samples, "samples"),
            (weights.rows_per_sample, "rows of each sample"),
            (weights.averaged_heads, "heads"),
        )
        if count > 1
    ]
    listed = ", ".join(parts)
    return f"Of maps that are means over {listed}; single maps are sharper." if parts else ""


def describe_read_out(evidence: Evidence) -> str:
    """What is read out of how many layers, and whether of means."""
    layers = evidence.weights.get_shape()[0]
    words = evidence.read_out.words if evidence.read_out else ""
    sentence = f"Read out: {words}; through the {counted(layers, 'layer')} shown."
    return f"{sentence} {describe_means(evidence.weights)}".strip()
