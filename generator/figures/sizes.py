"""Sizes of pictures that pages state beside them.

Never: a drawing library.
"""

from __future__ import annotations

PIXELS_PER_INCH = 144
PAIR_SIZE = (15.0, 5.5)
"""Width and height in inches of the picture of two maps and their difference."""
