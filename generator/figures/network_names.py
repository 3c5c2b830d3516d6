"""The names around the circle of a network, and the room they leave for it.

In: axes, names, places on the unit circle. Out: limits and annotations. Never: a name that touches
the one beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from generator.figures.labels import CHARACTER, AxisLabels, choose_row_labels
from generator.figures.layout import Point
from generator.figures.paper import LABEL_SIZE, MUTED
from generator.figures.view import MapView


def frame_axes(axes: Axes, view: MapView, figsize: tuple[float, float], room: float) -> float:
    """Set limits that leave room for names around the circle; inches per unit.

    `room` are the inches of circle that queries have for their names, and keys for theirs.
    """
    width, height = 0.96 * figsize[0], 0.78 * figsize[1]
    both = [choose_row_labels(names, room) for names in (view.query_names, view.key_names)]
    label = max(labels.longest for labels in both) * CHARACTER + 0.35
    above = label if any(is_radial(labels, room) for labels in both) else 0.45
    radius = max(min(width / 2 - label, height / 2 - above), 0.25 * min(width, height))
    axes.set(xlim=(-width / 2 / radius, width / 2 / radius))
    axes.set(ylim=(-height / 2 / radius, height / 2 / radius), aspect="equal")
    axes.set_axis_off()
    return radius


def is_radial(labels: AxisLabels, room: float) -> bool:
    """True where level names would touch, so that they have to stand like rays."""
    return len(labels.names) * (labels.longest * CHARACTER + 0.15) > room


def name_nodes(
    axes: Axes,
    names: Sequence[str],
    places: Sequence[Point],
    sizes: np.ndarray,
    room: float,
) -> None:
    """Names outside the circle, each beside its node; `sizes` are (nodes,) diameters in points."""
    labels = choose_row_labels(names, room)
    rays = is_radial(labels, room)
    for place, name in zip(labels.places, labels.names, strict=True):
        write_name(axes, name, places[place], float(sizes[place]), rays)


def write_name(axes: Axes, name: str, point: Point, size: float, ray: bool) -> None:
    """A name beyond its node, seen from the centre."""
    radius = np.hypot(*point)
    outward = np.array(point) / radius if radius else np.array([0.0, 1.0])
    x, y = outward * (size * 0.72 + 6.0)
    side = "center" if abs(outward[0]) < 0.2 and not ray else ("left" if x >= 0 else "right")
    level = "center" if ray or abs(outward[1]) < 0.9 else ("bottom" if y > 0 else "top")
    turn = np.degrees(np.arctan2(y, x)) if ray else 0.0
    turn -= 0 if x >= 0 or not ray else 180
    axes.annotate(name, point, (x, y), textcoords="offset points", ha=side, va=level,
                  rotation=turn, rotation_mode="anchor", size=LABEL_SIZE, color=MUTED)  # fmt: skip
