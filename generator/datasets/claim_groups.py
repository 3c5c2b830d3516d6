"""What claims are made on: sensors that cannot be told apart are one group, others stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from generator.records.dataset import SensorGroup


def claim_groups(
    sensors: Sequence[str], alike: Sequence[SensorGroup]
) -> tuple[tuple[str, ...], ...]:
    """Every sensor in exactly one group, in the order of the model's sensors.

    Args:
        sensors: those the model reads, in its order.
        alike: groups of two or more of them.
    """
    places = {name: at for at, name in enumerate(sensors)}
    together = [
        tuple(sorted((n for n in group.sensors if n in places), key=places.__getitem__))
        for group in alike
    ]
    taken = {name for group in together for name in group}
    alone = [(name,) for name in sensors if name not in taken]
    found = [group for group in together if group] + alone
    return tuple(sorted(found, key=lambda group: places[group[0]]))
