"""What each measure is called and what its numbers say, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from generator.kinds import Measure, MeasuredOf
from generator.measures.sinks import MEAN_ABOVE


@dataclass(frozen=True)
class MeasureMeaning:
    """A measure's title, one sentence with its unit, and what one number belongs to."""

    title: str
    words: str
    granularity: MeasuredOf


MEANINGS: dict[Measure, MeasureMeaning] = {
    Measure.RECEIVED: MeasureMeaning(
        "Attention received",
        "Share of all attention that went to a position; the shares add up to 1.",
        "position",
    ),
    Measure.LIFT: MeasureMeaning(
        "Lift",
        "Attention received, over what it would be if every position looked evenly at all it may "
        "see; 1 = no more than even.",
        "position",
    ),
    Measure.FOCUS: MeasureMeaning(
        "Focus",
        "How concentrated a position's own attention is: 0 = even over all it may see, 1 = on a "
        "single one.",
        "position",
    ),
    Measure.ENTROPY: MeasureMeaning(
        "Entropy",
        "How widely a position's own attention is spread, in nats: 0 = on a single one.",
        "position",
    ),
    Measure.OFF_DIAGONAL: MeasureMeaning(
        "Looks at others",
        "Share of a position's own attention that goes to other positions than itself.",
        "position",
    ),
    Measure.SINKS: MeasureMeaning(
        "Attention sinks",
        f"Share of all heads in which a position holds more than {MEAN_ABOVE:g} of the attention "
        f"of those that may see it; such attention may be parked there rather than used.",
        "position",
    ),
    Measure.VALUE_NORM: MeasureMeaning(
        "Value norm",
        "Mean length of what a position adds to the others: attention times the length of its "
        "vector, in the model's own units.",
        "position",
    ),
    Measure.ROLLOUT: MeasureMeaning(
        "Rollout",
        "Share of each input position in what is read out, through all layers and the paths "
        "around them; the shares add up to 1.",
        "position",
    ),
    Measure.FLOW: MeasureMeaning(
        "Attention flow",
        "The most that can pass from an input position to what is read out, where attention is "
        "the width of the pipes.",
        "position",
    ),
    Measure.RELEVANCE: MeasureMeaning(
        "Relevance",
        "What the explained number owes to each input position: attention times its gradient, "
        "through all layers and the paths around them.",
        "position",
    ),
    Measure.GATHER: MeasureMeaning(
        "Gathered",
        "How much the explained number uses of what a position collected, in that number's units.",
        "position",
    ),
    Measure.USED: MeasureMeaning(
        "Used",
        "Share of the attention's part in the explained number that came from a position; the "
        "shares add up to 1.",
        "position",
    ),
    Measure.USED_BY_SERIES: MeasureMeaning(
        "Used, by series",
        "Share of the attention's part in the explained number that came from each series the "
        "model reads by itself; the shares add up to 1.",
        "series",
    ),
    Measure.HEAD_CLASS: MeasureMeaning(
        "Head class",
        "What a head mainly looks at: itself, the position before, one key, what is near, its own "
        "block, or a mixture.",
        "head",
    ),
    Measure.REDUNDANCY: MeasureMeaning(
        "Redundancy",
        "How alike a head looks to the most similar head of its layer: 1 = the same, 0 = nothing "
        "in common.",
        "head",
    ),
    Measure.EFFECTIVE_RANK: MeasureMeaning(
        "Effective rank",
        "How many different ways of looking a head has over its positions: 1 = all alike.",
        "head",
    ),
    Measure.HEAD_IMPORTANCE: MeasureMeaning(
        "Head importance, by gradient",
        "How much of the explained number goes through a head, in that number's units.",
        "head",
    ),
    Measure.HEAD_ABLATION: MeasureMeaning(
        "Head importance, by replacement",
        "How far the explained number moves when a head's output is replaced by its mean over "
        "reference samples, in that number's units.",
        "head",
    ),
    Measure.LAYER_ABLATION: MeasureMeaning(
        "Layer importance, by replacement",
        "How far the explained number moves when all heads of a layer are replaced by their mean "
        "over reference samples, in that number's units.",
        "layer",
    ),
}
