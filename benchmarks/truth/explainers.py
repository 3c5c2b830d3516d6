"""The ways of explaining that are graded: each is asked here, and nowhere else.

In: a model, windows it may look at, windows that are explained, other training runs of the model.
Out: Assessed. A new way is a function of these and a line in WAYS.
Never: a truth, an amount, a seed of the plant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.truth.explanation import Explanation
from benchmarks.truth.judged import explain_by_claims, explain_with_siblings
from benchmarks.truth.occlusion import explain_by_occlusion
from generator.datasets.windows import SensorWindows
from generator.models.source import LoadedModel

Way = Callable[[LoadedModel, SensorWindows, SensorWindows, Sequence[LoadedModel]], Explanation]
WAYS: dict[str, Way] = {
    "claims": explain_by_claims,
    "claims over training runs": explain_with_siblings,
    "plain occlusion": explain_by_occlusion,
}
OVER_RUNS = frozenset({"claims over training runs"})
"""The ways that ask other training runs too: of other seeds, and on this seed's windows."""
