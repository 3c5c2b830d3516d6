"""What claims are made on: every sensor of the model in one group."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from generator.datasets.claim_groups import group_for_claims
from generator.records import SensorGroup


def alike(*sensors: str) -> SensorGroup:
    return SensorGroup(sensors=sensors, calculated=(), weakest=None, strongest=None)


@pytest.mark.parametrize(
    ("together", "expected"),
    [
        ([], [("a",), ("b",), ("c",), ("d",)]),
        ([alike("d", "b")], [("a",), ("b", "d"), ("c",)]),
        ([alike("d", "c"), alike("b", "a")], [("a", "b"), ("c", "d")]),
        ([alike("c", "unread", "b")], [("a",), ("b", "c"), ("d",)]),
        ([alike("unread", "neither")], [("a",), ("b",), ("c",), ("d",)]),
    ],
)
def test_groups_by_hand(together: Sequence[SensorGroup], expected: list[tuple[str, ...]]) -> None:
    """In the model's order; sensors it does not read are in none; those alone are their own."""
    assert list(group_for_claims(("a", "b", "c", "d"), together)) == expected
