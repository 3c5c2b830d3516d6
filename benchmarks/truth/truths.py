"""Which groups of sensors a target is made of, and what a group that somebody names is then.

In: groups of sensors. Out: a Truth, and a word for a group. Never: a look at a model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from benchmarks.truth.signals import NAMES

Part = Literal["right", "free", "part", "distractor"]
Group = frozenset[str]


@dataclass(frozen=True)
class Truth:
    """The groups a target is made of.

    Attributes:
        right: groups that an adequate model must be said to use, each as a whole.
        free: groups that matter, of which nothing need be said: seldom, or on drifted data.
    """

    right: tuple[Group, ...] = ()
    free: tuple[Group, ...] = ()

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group that matters."""
        return self.right + self.free

    @property
    def nothing(self) -> bool:
        """Whether there is nothing a model could have learned."""
        return not self.groups

    def classify(self, group: Iterable[str]) -> Part:
        """What a named group is; 'part': it shares a sensor with a group, but is not that group."""
        named = frozenset(group)
        if named in self.right:
            return "right"
        if named in self.free:
            return "free"
        return "part" if any(named & one for one in self.groups) else "distractor"

    def add_right(self, right: tuple[Group, ...]) -> Truth:
        """The same with further right groups; where nothing matters, still nothing does."""
        return self if self.nothing else Truth(self.right + right, self.free)


def make_group(*places: int) -> Group:
    """A group, by the places of its sensors."""
    return frozenset(NAMES[place] for place in places)
