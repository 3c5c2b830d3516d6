"""What a model should rest on where the cause is known: read from `expected.yaml`.

In: that file. Out: frozen records. Never: an expectation made from a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from generator.records import Record

FILE = Path(__file__).with_name("expected.yaml")


class Cause(Record):
    """One known cause.

    Attributes:
        sensors: those it moves first or most.
        never: those it cannot move, or only by a detour.
        trap: an instrument reads wrong and the plant is well.
    """

    sensors: tuple[str, ...]
    never: tuple[str, ...] = ()
    trap: bool = False

    def names(self, group: Sequence[str]) -> bool:
        """Whether a group holds one of its sensors."""
        return not set(self.sensors).isdisjoint(group)

    def forbids(self, group: Sequence[str]) -> bool:
        """Whether a group holds none but sensors it cannot move."""
        return set(group) <= set(self.never)


class KnownCauses(Record):
    """The causes of one plant, and where they are known from."""

    source: str
    causes: dict[str, Cause]


def read_causes(file: Path = FILE) -> dict[str, KnownCauses]:
    """Every plant's, by dataset."""
    read = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {name: KnownCauses.model_validate(one) for name, one in read.items()}
