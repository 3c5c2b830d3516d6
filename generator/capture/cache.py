"""The extractions a visualizer keeps: found again by key, bounded in number and in bytes.

In: a key that holds everything an answer depends on, and the answer. Out: the same answer, its
arrays read-only. Never: more than `MOST_BYTES`, save for one answer larger than that by itself.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from generator.attention import AttentionWeights

MOST_EXTRACTIONS = 64
MOST_BYTES = 256_000_000


class ExtractionCache:
    """The answers used last; the one used longest ago leaves first."""

    def __init__(self, most: int = MOST_EXTRACTIONS, most_bytes: int = MOST_BYTES) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._answers: OrderedDict[str, AttentionWeights] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays kept."""
        return self._bytes

    def find(self, key: str) -> AttentionWeights | None:
        """The answer under a key, now the one used last; None where there is none."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def keep(self, key: str, weights: AttentionWeights) -> None:
        """Take an answer in under a new key, and let go of what no longer fits."""
        for array in arrays_of(weights):
            array.setflags(write=False)  # every later answer shares them
        self._answers[key] = weights
        self._bytes += size_of(weights)
        while len(self._answers) > 1 and self._is_full():
            _, oldest = self._answers.popitem(last=False)
            self._bytes -= size_of(oldest)

    def _is_full(self) -> bool:
        return len(self._answers) > self.most or self._bytes > self.most_bytes


def arrays_of(weights: AttentionWeights) -> list[np.ndarray]:
    """Every array an answer holds, each of its own shape."""
    return [value for value in vars(weights).values() if isinstance(value, np.ndarray)]


def size_of(weights: AttentionWeights) -> int:
    """Bytes of an answer's arrays."""
    return sum(array.nbytes for array in arrays_of(weights))
