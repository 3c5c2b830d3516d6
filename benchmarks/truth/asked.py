"""The ways of explaining that are graded: each is asked here, and nowhere else.

In: a model, windows it may look at, windows that are explained. Out: Assessed. A new way is a
function of these three and a line in WAYS.
Never: a truth, an amount, a seed of the plant.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.truth.judged import claims
from benchmarks.truth.occluded import occlusion
from benchmarks.truth.said import Assessed
from generator.datasets.windows import SensorWindows
from generator.models.source import LoadedModel

Way = Callable[[LoadedModel, SensorWindows, SensorWindows], Assessed]
WAYS: dict[str, Way] = {"claims": claims, "plain occlusion": occlusion}
