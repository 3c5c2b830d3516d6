"""What the positions of a map are called, by the weights' own names or by number.

In: weights, or names and a count. Out: names. Never: a name for two positions.
"""

from __future__ import annotations

from generator.attention import AttentionWeights


def name_axes(weights: AttentionWeights) -> tuple[list[str], list[str]]:
    """One name per key and one per query.

    Raises:
        ValueError: the names of the weights do not fit.
    """
    _, _, queries, keys = weights.get_shape()
    known = weights.feature_names or weights.timestep_names
    names = check_names(known, keys) if known else number_positions(keys)
    same = queries == keys and weights.group != "cross"
    return names, names if same else number_positions(queries)


def number_positions(count: int) -> list[str]:
    """Names for positions nobody named."""
    return [f"position_{index}" for index in range(count)]


def check_names(names: list[str], positions: int) -> list[str]:
    """The names, if there is exactly one distinct name per position.

    Raises:
        ValueError: more or fewer names than positions, or a name twice.
    """
    if len(names) != positions:
        raise ValueError(
            f"{len(names)} feature names for {positions} positions: give one name per position"
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"feature names must differ; found more than once: {', '.join(twice)}")
    return list(names)
