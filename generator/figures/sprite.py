"""How large the sprite of all heads is: what pages must know of it without its pixels.

In: the shape of weights. Out: sizes in pixels. Never: an imaging library.
"""

from __future__ import annotations

TILE = 64
"""The most pixels a tile is wide or high."""


def positions_per_pixel(positions: int) -> int:
    """How many positions one pixel stands for; 1 up to 64 positions."""
    return -(-positions // TILE)


def sprite_size(shape: tuple[int, int, int, int]) -> tuple[int, int]:
    """Width and height in pixels of the sprite of (layers, heads, queries, keys) weights."""
    layers, heads, queries, keys = shape
    return heads * -(-keys // positions_per_pixel(keys)), layers * -(
        -queries // positions_per_pixel(queries)
    )
