"""One model and one known fault of a simulated plant, measured.

In: a Subject, the Truth of its plant, windows. Out: a Case: verdicts, effects and masks.
Never: a row of a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.known_causes.assessments import Assessments, assess_windows
from benchmarks.known_causes.moves import Moves, measure_moves
from benchmarks.known_causes.subject import Subject
from benchmarks.known_causes.twins import TwinTruth
from generator.claims.study import Study
from generator.datasets.windows import SensorWindows
from generator.kinds import Verdict
from generator.records import Claim


@dataclass(frozen=True)
class FaultCase:
    """What was found on the windows in which one kind of fault shows.

    Attributes:
        told: verdicts; moved: effects, window by window of the testing half.
        masks: (windows, groups, spans) bool: the fault is visible there.
        firsts: first row of each span.
    """

    told: Assessments
    moved: Moves
    masks: np.ndarray
    firsts: tuple[int, ...]

    @property
    def shown(self) -> np.ndarray:
        """(groups,) share of windows in which the fault is visible in the group."""
        return np.asarray(self.masks.any(axis=2).mean(axis=0))

    @property
    def tested_masks(self) -> np.ndarray:
        """The masks of the windows whose effects `moved` has."""
        return np.asarray(self.masks[self.moved.tested])

    def list_held_cells(self) -> list[tuple[Claim, float]]:
        """Claims on a group in a span that were tested and held, were the gate passed.

        With each the share of windows in which the fault is visible there.
        """
        return [
            (claim, float(self.masks[:, self._find_group(claim), self._find_span(claim)].mean()))
            for claim in self.told.passed.of("cell")
            if claim.verdict is Verdict.SUPPORTED
        ]

    def _find_group(self, claim: Claim) -> int:
        return self.told.passed.groups.index(claim.subject)

    def _find_span(self, claim: Claim) -> int:
        return self.firsts.index(claim.first_row or 0)


def measure_case(subject: Subject, truth: TwinTruth, explained: SensorWindows) -> FaultCase:
    """Verdicts, effects and masks of some windows."""
    study = Study(subject.question(explained, passed=True))
    seen, edges = truth.masks_of(explained), study.edges
    columns = [study.places(group) for group in subject.groups]
    return FaultCase(
        told=assess_windows(subject, explained),
        moved=measure_moves(study, truth.twins_of(explained)),
        masks=np.stack([group_mask(seen, places, edges) for places in columns], axis=1),
        firsts=tuple(edges.tolist()),
    )


def group_mask(seen: np.ndarray, columns: tuple[int, ...], edges: np.ndarray) -> np.ndarray:
    """(windows, spans) bool: a group shows the fault in a span.

    Args:
        seen: (windows, time, sensors) bool.
        columns: places of the group's sensors.
        edges: first row of each span.
    """
    rows = seen[:, :, list(columns)].any(axis=2)
    return np.asarray(np.logical_or.reduceat(rows, edges, axis=1))
