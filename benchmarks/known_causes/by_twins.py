"""Models of a simulated plant graded against its twins, fault by fault.

In: a Subject and the Truth of its plant. Out: rows of tables. Explained are held-out windows in
which one kind of fault goes on and shows, cut as the dataset cuts them, so before the event.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.known_causes.case import Case, case
from benchmarks.known_causes.expected import Cause
from benchmarks.known_causes.grade import (
    area,
    mean_area,
    mean_rank_correlation,
    named,
    rank_correlation,
)
from benchmarks.known_causes.subject import Subject
from benchmarks.known_causes.told import IF_PASSED, Row, enough, group_rows, head, summary
from benchmarks.known_causes.twins import Truth

SAMPLE_SEED = 0


@dataclass(frozen=True)
class Graded:
    """Rows of models and faults, by table."""

    summary: list[Row] = field(default_factory=list)
    shown: list[Row] = field(default_factory=list)
    spans: list[Row] = field(default_factory=list)
    twins: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    few: list[Row] = field(default_factory=list)

    def __add__(self, other: Graded) -> Graded:
        both = zip(vars(self).values(), vars(other).values(), strict=True)
        return Graded(*(one + more for one, more in both))


def graded(subject: Subject, truth: Truth, name: str, cause: Cause, most: int) -> Graded:
    """The rows of one fault, from at most so many windows; or that they are too few."""
    explained = truth.showing(subject.held, name).sample(most, SAMPLE_SEED)
    title = f"{name} (trap)" if cause.trap else name
    begins = head(subject, title, explained)
    if not enough(subject, explained):
        return Graded(few=[begins])
    found = case(subject, truth, explained)
    which, told = {"model": subject.name, "cause": title}, found.told
    moved = {"fault moves the answer by, mean (mean size)": _moved(subject, found)}
    more = {
        "visible in windows": found.shown.tolist(),
        "twin effect, sd(F)": np.nanmean(found.moved.twins, axis=0).tolist(),
    }
    return Graded(
        summary=[begins | moved | summary(told, cause)],
        shown=[which | shown_row(found)],
        spans=[which | span_row(found)],
        twins=[which | twin_row(found)],
        groups=group_rows(subject.name, title, told, cause, more),
    )


def _moved(subject: Subject, found: Case) -> str:
    """What the fault itself did to the answer: the tested windows less their twins."""
    unit = subject.model.target_unit if subject.model.task == "value" else "points"
    change = found.moved.whole
    return f"{change.mean():+.2f} ({np.abs(change).mean():.2f}) {unit}"


def shown_row(found: Case) -> Row:
    """Groups in which the fault is visible, and those it never touches."""
    seen, told = found.shown > 0, found.told
    shown, untouched = seen.tolist(), (~seen).tolist()
    return {
        "groups that show it": int(seen.sum()),
        "AUC, shown over untouched": area(np.asarray(told.effects), seen),
        "shown held": str(named(told.verdicts, shown)),
        f"shown held, {IF_PASSED}": str(named(told.verdicts_if_passed, shown)),
        "false claims": str(named(told.verdicts, untouched)),
        f"false claims, {IF_PASSED}": str(named(told.verdicts_if_passed, untouched)),
    }


def span_row(found: Case) -> Row:
    """Spans of a group that were tested and held, against where the fault is visible."""
    held = [share for _, share in found.held_cells()]
    masks, cells = found.tested_masks, found.moved.cells
    flat = (len(masks), -1)
    each = (-1, masks.shape[2])
    return {
        f"spans held, {IF_PASSED}": len(held),
        "of them never visible": sum(share == 0 for share in held),
        "visible in, share of windows": float(np.mean(held)) if held else None,
        "the same of all spans": float(found.masks.mean()),
        "AUC by windows, group x span": mean_area(cells.reshape(flat), masks.reshape(flat)),
        "AUC by windows, spans of a group": mean_area(cells.reshape(each), masks.reshape(each)),
    }


def twin_row(found: Case) -> Row:
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
