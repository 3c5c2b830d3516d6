"""The gradients of the layers shown, where they were read."""

from __future__ import annotations

from generator.attention import AttentionWeights
from generator.capture.gradients import GradientMap, GradientMaps
from generator.capture.groups import group_calls
from generator.measures.evidence import NO_GRADIENTS, OTHER_CALLS, Evidence, Missing


def select_gradient_layers(evidence: Evidence) -> tuple[GradientMap, ...] | Missing:
    """The gradient map of each layer shown, in the same order."""
    if evidence.gradients is None:
        return Missing(NO_GRADIENTS)
    maps = _select_maps(evidence.weights, evidence.gradients)
    if isinstance(maps, Missing):
        return maps
    if not maps or any(one.signed.shape != evidence.mask.shape for one in maps):
        return Missing(OTHER_CALLS)
    return maps


def _select_maps(
    weights: AttentionWeights, gradients: GradientMaps
) -> tuple[GradientMap, ...] | Missing:
    """By the names of the layers; of all calls of the group where layers have none."""
    if not weights.layer_names:
        groups = group_calls(gradients.maps).items()
        return tuple(one for group, maps in groups if group == weights.group for one in maps)
    by_name = {one.call.name: one for one in gradients.maps}
    lacking = [name for name in weights.layer_names if name not in by_name]
    if lacking:
        why = "; ".join(gradients.gaps)
        return Missing(f"No gradient was read of {', '.join(lacking)} ({why}).")
    return tuple(by_name[name] for name in weights.layer_names)
