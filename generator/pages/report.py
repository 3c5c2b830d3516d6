"""The page of one report, in the order a plant engineer reads: answer, reliance, limits, detail.

In: a RunView with a result. Out: the page's context, with each table in the order it is shown.
Never: a computation on attention; every number here was already in the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from generator.figures.explorer import ExplorerView, make_explorer_view
from generator.notice import MODEL_OUTPUT
from generator.pages.claim_views import ClaimsView
from generator.pages.page import Page
from generator.pages.run_view import RunView
from generator.records import (
    Artifact,
    AttentionRecord,
    HeadRow,
    Position,
    RunRecord,
    SensorRange,
)

OPEN_ROWS = 16
"""Rows of a long table that are shown before 'show all'."""
OFF_DISTRIBUTION = 0.2
UNLIKE = 0.05  # of the explained windows; one in a hundred would be usual
"""A larger share of explained values outside the training range is shown as a warning."""
EVEN = 1.5
"""A highest lift below this is said to be almost an even spread."""
SOME_MISSING, MANY_MISSING = 0.05, 0.2
"""Larger shares of a sensor's readings that are missing are a warning, or a defect of the data."""
BIASED = 0.5
"""A mean error beyond this share of the RMSE is shown as a warning."""


@dataclass(frozen=True)
class LayerView:
    """The heads of one layer, in order."""

    layer: int
    heads: tuple[HeadRow, ...]


@dataclass(frozen=True)
class Report:
    """Everything the page of one report shows."""

    run: RunView
    attention: AttentionRecord
    attended: tuple[Position, ...]
    """All positions, most important first."""
    attending: tuple[Position, ...]
    """Positions that ask (as queries), most focused first."""
    layers: tuple[LayerView, ...]
    downloads: tuple[Artifact, ...]
    """Files a reader wants; the pieces the page itself loads are in `pieces`."""
    pieces: tuple[Artifact, ...]
    farthest: SensorRange | None
    """The sensor with the largest share of explained values outside the training range."""
    explorer: ExplorerView | None
    """The interactive figures; None where the run left no maps to draw."""

    @property
    def record(self) -> RunRecord:
        """The record behind the page."""
        return self.run.record

    @property
    def named(self) -> tuple[Position, ...]:
        """What the answer names."""
        return self.run.leading

    @property
    def open_rows(self) -> int:
        """How many rows of a long table are shown at once."""
        return OPEN_ROWS

    @property
    def nearly_even(self) -> bool:
        """Whether even the most attended position got little more than an even share."""
        return max((p.lift for p in self.ranked), default=0.0) < EVEN

    @property
    def even(self) -> float:
        """The lift below which the spread is called almost even."""
        return EVEN

    @property
    def claims(self) -> ClaimsView | None:
        """What was claimed and tested; None where the run made no claims."""
        return self.run.claims

    @property
    def ranked(self) -> tuple[Position, ...]:
        """What can answer, most important first: every position but special tokens."""
        return tuple(p for p in self.attended if not p.special)

    @property
    def special(self) -> tuple[Position, ...]:
        """Tokens that hold no reading, such as [CLS], in their order; no ranking has them."""
        return tuple(p for p in self.attention.positions if p.special)

    @property
    def off_distribution(self) -> bool:
        """Whether many explained values lie outside what the model was trained on."""
        return bool(self.farthest and (self.farthest.outside_training or 0) > OFF_DISTRIBUTION)

    @property
    def poorest(self) -> SensorRange | None:
        """Of the sensors the model reads, the one that lacks most readings."""
        dataset, model = self.record.dataset, self.record.model
        ranges = dataset.sensors if dataset and model else ()
        inputs = [r for r in ranges if model and r.sensor.name in model.sensors]
        return max(inputs, key=lambda r: r.missing, default=None)

    @property
    def poorest_share(self) -> float:
        """The share of its readings that it lacks."""
        rows = self.record.dataset.rows if self.record.dataset else 0
        return self.poorest.missing / rows if self.poorest and rows else 0.0

    @property
    def data_lamp(self) -> Literal["good", "warn", "bad"]:
        """How much of the poorest sensor is missing, as a lamp."""
        share = self.poorest_share
        return "bad" if share > MANY_MISSING else "warn" if share > SOME_MISSING else "good"

    @property
    def unlike(self) -> bool:
        """Whether clearly more explained windows are unlike those of training than by chance."""
        claims = self.record.claims
        return bool(claims and claims.donors.outside > UNLIKE)

    @property
    def biased(self) -> bool:
        """Whether the model's values are off to one side by more than half their RMSE."""
        quality = self.record.quality
        scores = quality.scores if quality else ()
        rmse = next((score.model for score in scores if score.measure == "RMSE"), None)
        error = quality.mean_error if quality else None
        return rmse is not None and error is not None and abs(error) > BIASED * rmse

    @property
    def model_output(self) -> str:
        """What must stand beside every figure that a model made."""
        return MODEL_OUTPUT

    @property
    def mean_of(self) -> int:
        """How many heads the one map of each layer is the mean of; 0 where heads are kept."""
        heads = self.record.model.heads if self.record.model else 1
        return heads if self.attention.shape[1] == 1 and heads > 1 else 0

    @property
    def top_focus(self) -> float:
        """The largest mean focus of a head: the full colour of the grid."""
        return max((row.focus for row in self.attention.heads), default=0.0) or 1.0


def make_report_page(run: RunView) -> Page:
    """`reports/<id>/index.html`.

    Raises:
        ValueError: the run has neither a result nor a failure.
    """
    attention = run.record.attention
    if attention is None:
        raise ValueError(f"report {run.id} has neither a result nor a failure")
    view = _build_report(run, attention)
    return Page(f"reports/{run.id}/index.md", run.id, "pages/report.md.j2", view, long=True)


def make_failure_page(run: RunView) -> Page:
    """`reports/<id>/index.html` of a failed run; the run stays listed everywhere."""
    return Page(f"reports/{run.id}/index.md", run.id, "pages/failure.md.j2", run)


def _build_report(run: RunView, attention: AttentionRecord) -> Report:
    dataset, artifacts = run.record.dataset, run.record.artifacts
    ranges = dataset.sensors if dataset else ()
    return Report(
        run=run,
        attention=attention,
        attended=tuple(sorted(attention.positions, key=lambda p: p.rank)),
        attending=_rank_attending(attention.positions),
        layers=_group_by_layer(attention.heads),
        downloads=tuple(a for a in artifacts if not _is_piece(a)),
        pieces=tuple(a for a in artifacts if _is_piece(a)),
        farthest=_find_farthest(ranges),
        explorer=make_explorer_view(run.record),
    )


def _find_farthest(ranges: tuple[SensorRange, ...]) -> SensorRange | None:
    measured = [r for r in ranges if r.outside_training is not None]
    return max(measured, key=lambda r: r.outside_training or 0, default=None)


def _rank_attending(positions: tuple[Position, ...]) -> tuple[Position, ...]:
    asking = (p for p in positions if p.focus is not None)
    return tuple(sorted(asking, key=lambda p: (p.focus_rank is None, p.focus_rank, p.index)))


def _group_by_layer(heads: tuple[HeadRow, ...]) -> tuple[LayerView, ...]:
    ordered = sorted(heads, key=lambda row: (row.layer, row.head))
    return tuple(
        LayerView(layer, tuple(rows)) for layer, rows in groupby(ordered, lambda row: row.layer)
    )


def _is_piece(artifact: Artifact) -> bool:
    """Whether a file only serves the page's own drawing."""
    return artifact.path.startswith("maps/")
