"""How much of a call is computed at a time: what fits the processor's cache."""

from __future__ import annotations

from dataclasses import dataclass

# 2 and 4 MB of float32, measured from 512 to 8,192 keys: smaller blocks lose 5 to 40 % to their
# own number and to thin products, larger ones as much to the cache.
ELEMENTS = 2**19
LONG = 2**20


@dataclass(frozen=True)
class Steps:
    """The rows, heads and queries of one block."""

    rows: int
    heads: int
    queries: int


def choose_steps(heads: int, queries: int, keys: int, shared: int = 1) -> Steps:
    """Blocks of at most `ELEMENTS`: whole rows, else heads; else `LONG`, or one query, of one head.

    `shared` heads have one key head in common; a block holds such heads whole, or some of one.
    """
    whole = max(1, heads * queries * keys)
    if whole <= ELEMENTS:
        return Steps(ELEMENTS // whole, heads, queries)
    most = max(1, ELEMENTS // max(1, queries * keys))
    some = most - most % shared if most >= shared else _find_divisor(shared, most)
    if queries * keys <= ELEMENTS:
        return Steps(1, min(some, heads), queries)
    return Steps(1, 1, max(1, min(queries, LONG // keys)))


def _find_divisor(number: int, most: int) -> int:
    return next(d for d in range(most, 0, -1) if number % d == 0)
