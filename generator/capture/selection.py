"""Which calls are reduced at all: known while the model runs, before their number is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.capture.calls import AttentionCall
from generator.capture.groups import group_of

Choice = Literal["read", "leave", "keep"]


@dataclass(frozen=True)
class CallSelection:
    """A choice of calls.

    Attributes:
        group: only calls of this group; None: of every group.
        layers: only these, counted within the group.
        last: only the last of the group; each is kept unread until another one comes.
    """

    group: str | None = None
    layers: tuple[int, ...] | None = None
    last: bool = False


class Chooser:
    """Says of each call of one forward pass what is to be done with it.

    Until an encoder runs, a decoder's attention counts as the model's own, as in a model that has
    no encoder.
    """

    def __init__(self, selection: CallSelection) -> None:
        self._selection, self._encoder, self._count = selection, False, 0

    def begin(self) -> None:
        """Another forward pass."""
        self._encoder, self._count = False, 0

    def choose(self, call: AttentionCall) -> Choice:
        """Read it, leave it, or keep it until the next of its group."""
        group = group_of(call)
        self._encoder = self._encoder or group == "encoder"
        own = "encoder" if group == "decoder" and not self._encoder else group
        if self._selection.group is not None and self._selection.group != own:
            return "leave"
        place = self._count
        self._count += 1
        if self._selection.layers is not None:
            return "read" if place in self._selection.layers else "leave"
        return "keep" if self._selection.last else "read"
