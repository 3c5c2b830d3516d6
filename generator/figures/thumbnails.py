"""All heads at a glance: one PNG sprite, layers down, heads across.

In: attention weights (layers, heads, queries, keys). Out: a palette PNG without gaps, whose tiles
are pixel-exact up to 64 positions and max-pooled beyond. Each tile has its own colour scale, from
0 (dark) to its largest weight (bright). Never: a clock or a program name inside the file.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from generator.attention import AttentionWeights
from generator.colours import MAP_COLOURS
from generator.figures.sprite import positions_per_pixel, sprite_size
from generator.notice import NOTICE

SCALE = "Each tile has its own colour scale: dark is 0, bright is its largest weight."


def build_tile(matrix: np.ndarray) -> np.ndarray:
    """A (queries, keys) map as palette indices 0-255, at most 64 x 64, the strongest kept."""
    rows = np.arange(0, matrix.shape[0], positions_per_pixel(matrix.shape[0]))
    columns = np.arange(0, matrix.shape[1], positions_per_pixel(matrix.shape[1]))
    pooled = np.maximum.reduceat(np.maximum.reduceat(matrix, rows, axis=0), columns, axis=1)
    most = float(pooled.max()) or 1.0
    return np.rint(np.clip(pooled / most, 0, 1) * 255).astype(np.uint8)


def build_sprite(weights: np.ndarray) -> np.ndarray:
    """(layers * tile height, heads * tile width) palette indices."""
    return np.vstack([np.hstack([build_tile(one) for one in heads]) for heads in weights])


def palette() -> bytes:
    """256 RGB colours of viridis: perceptually even, and readable without colour vision."""
    colours = colormaps[MAP_COLOURS](np.arange(256), bytes=True)[:, :3]
    return np.ascontiguousarray(colours).tobytes()


def encode_sprite(weights: AttentionWeights, banner: str = "") -> bytes:
    """The sprite as PNG bytes; its Description holds the notice, the banner and the scale."""
    picture = Image.frombytes("P", sprite_size(weights.get_shape()), build_sprite(weights.weights))
    picture.putpalette(palette())
    info = PngInfo()
    info.add_text("Description", " ".join(filter(None, [NOTICE, banner, SCALE])))
    stream = BytesIO()
    picture.save(stream, "PNG", pnginfo=info, compress_level=9)
    return stream.getvalue()


def write_thumbnails(weights: AttentionWeights, path: Path, banner: str = "") -> Path:
    """Write the sprite of all heads (of layer means where heads were averaged).

    `banner` is the simulated-data sentence, or ''. The folder is made when it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_sprite(weights, banner))
    return path
