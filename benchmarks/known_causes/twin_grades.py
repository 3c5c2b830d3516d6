"""Models of a simulated plant graded against its twins, fault by fault.

In: a Subject and the Truth of its plant. Out: rows of tables. Explained are held-out windows in
which one kind of fault goes on and shows, cut as the dataset cuts them, so before the event.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.known_causes.assessments import (
    IF_PASSED,
    Row,
    build_group_rows,
    build_summary,
    has_enough,
    head,
)
from benchmarks.known_causes.causes import Cause
from benchmarks.known_causes.fault_case import FaultCase, measure_case
from benchmarks.known_causes.grade import (
    count_held,
    mean_rank_correlation,
    mean_roc_auc,
    rank_correlation,
    roc_auc,
)
from benchmarks.known_causes.subject import Subject
from benchmarks.known_causes.twins import TwinTruth

SAMPLE_SEED = 0


@dataclass(frozen=True)
class FaultRows:
    """Rows of models and faults, by table."""

    summary: list[Row] = field(default_factory=list)
    shown: list[Row] = field(default_factory=list)
    spans: list[Row] = field(default_factory=list)
    twins: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    few: list[Row] = field(default_factory=list)

    def __add__(self, other: FaultRows) -> FaultRows:
        both = zip(vars(self).values(), vars(other).values(), strict=True)
        return FaultRows(*(one + more for one, more in both))


def grade_fault(
    subject: Subject, truth: TwinTruth, name: str, cause: Cause, most: int
) -> FaultRows:
    """The rows of one fault, from at most so many windows; or that they are too few."""
    explained = truth.select_showing(subject.held, name).sample(most, SAMPLE_SEED)
    title = f"{name} (trap)" if cause.trap else name
    begins = head(subject, title, explained)
    if not has_enough(subject, explained):
        return FaultRows(few=[begins])
    found = measure_case(subject, truth, explained)
    which, told = {"model": subject.name, "cause": title}, found.told
    moved = {"fault moves the answer by, mean (mean size)": _describe_move(subject, found)}
    more = {
        "visible in windows": found.shown.tolist(),
        "twin effect, sd(F)": np.nanmean(found.moved.twins, axis=0).tolist(),
    }
    return FaultRows(
        summary=[begins | moved | build_summary(told, cause)],
        shown=[which | build_shown_row(found)],
        spans=[which | build_span_row(found)],
        twins=[which | build_twin_row(found)],
        groups=build_group_rows(subject.name, title, told, cause, more),
    )


def _describe_move(subject: Subject, found: FaultCase) -> str:
    """What the fault itself did to the answer: the tested windows less their twins."""
    unit = subject.model.target_unit if subject.model.task == "value" else "points"
    change = found.moved.whole
    return f"{change.mean():+.2f} ({np.abs(change).mean():.2f}) {unit}"


def build_shown_row(found: FaultCase) -> Row:
    """Groups in which the fault is visible, and those it never touches."""
    seen, told = found.shown > 0, found.told
    shown, untouched = seen.tolist(), (~seen).tolist()
    return {
        "groups that show it": int(seen.sum()),
        "AUC, shown over untouched": roc_auc(np.asarray(told.effects), seen),
        "shown held": str(count_held(told.verdicts, shown)),
        f"shown held, {IF_PASSED}": str(count_held(told.verdicts_if_passed, shown)),
        "false claims": str(count_held(told.verdicts, untouched)),
        f"false claims, {IF_PASSED}": str(count_held(told.verdicts_if_passed, untouched)),
    }


def build_span_row(found: FaultCase) -> Row:
    """Spans of a group that were tested and held, against where the fault is visible."""
    held = [share for _, share in found.list_held_cells()]
    masks, cells = found.tested_masks, found.moved.cells
    flat = (len(masks), -1)
    each = (-1, masks.shape[2])
    return {
        f"spans held, {IF_PASSED}": len(held),
        "of them never visible": sum(share == 0 for share in held),
        "visible in, share of windows": float(np.mean(held)) if held else None,
        "the same of all spans": float(found.masks.mean()),
        "AUC by windows, group x span": mean_roc_auc(cells.reshape(flat), masks.reshape(flat)),
        "AUC by windows, spans of a group": mean_roc_auc(cells.reshape(each), masks.reshape(each)),
    }


def build_twin_row(found: FaultCase) -> Row:
    """Effects of donors beside those of the windows' own twins."""
    donors, twins = found.moved.donors, found.moved.twins
    by_donors, by_twins = np.nanmean(donors, axis=0), np.nanmean(twins, axis=0)
    groups = found.told.passed.groups
    return {
        "windows tested": len(donors),
        "Spearman over groups": rank_correlation(by_donors, by_twins),
        "Spearman by windows": mean_rank_correlation(donors, twins),
        "first by donors": ", ".join(groups[int(by_donors.argmax())]),
        "first by twins": ", ".join(groups[int(by_twins.argmax())]),
    }
