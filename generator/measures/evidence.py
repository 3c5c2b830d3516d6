"""What lies before the measures, and what each of them answers.

In: maps, and what else is known of the model. Never: a default for what only the caller knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.attention import AttentionWeights
from generator.capture.gradients import GradientMap, GradientMaps
from generator.capture.groups import group_calls
from generator.measures.ablation_importance import AblationImportance
from generator.measures.read_out import ReadOut


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
HEADS_AVERAGED = "The heads were averaged when the maps were read; read them with all heads."


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
    said = ", ".join(parts)
    return f"Of maps that are means over {said}; single maps are sharper." if parts else ""


def select_gradient_layers(given: Evidence) -> tuple[GradientMap, ...] | Missing:
    """The gradient map of each layer shown, in the same order."""
    if given.gradients is None:
        return Missing(NO_GRADIENTS)
    names = given.weights.layer_names
    if not names:
        groups = group_calls(given.gradients.maps).items()
        found = tuple(one for group, maps in groups if group == given.weights.group for one in maps)
    else:
        known = {one.call.name: one for one in given.gradients.maps}
        lacking = [name for name in names if name not in known]
        if lacking:
            why = "; ".join(given.gradients.gaps)
            return Missing(f"No gradient was read of {', '.join(lacking)} ({why}).")
        found = tuple(known[name] for name in names)
    if not found or any(one.signed.shape != given.mask.shape for one in found):
        return Missing("The gradients are not of the calls whose maps are shown.")
    return found
