"""Every number a verdict turns on, in one place: printed on each report, changeable, then marked.

Never: a threshold written anywhere else.
"""

from __future__ import annotations

from pydantic import Field

from generator.records.record import Record


class Thresholds(Record):
    """The floors and limits of verdicts; sd(F) is the spread of the model's answer in training."""

    floor_sd: float = Field(
        default=0.10, gt=0, le=10, description="smallest effect that counts, in sd(F)"
    )
    floor_rmse: float = Field(
        default=0.25,
        ge=0,
        le=10,
        description="the same in the model's held-out RMSE, for values; the larger of both counts",
    )
    floor_points: float = Field(
        default=1.0,
        ge=0,
        le=100,
        description="points of probability that events and classes must move by as well",
    )
    supported_periods: int = Field(
        default=10, ge=3, le=10_000, description="independent periods a supported claim needs"
    )
    least_periods: int = Field(
        default=6, ge=3, le=10_000, description="fewer independent periods: not assessed"
    )
    kept_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of the naming half's effect that the testing half must reach",
    )
    member_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of its group's effect that a sensor must keep to be named alone",
    )
    refits: int = Field(
        default=5,
        ge=2,
        le=100,
        description="training runs of a model, this one too, before a sensor of a group is named",
    )
    refits_share: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="share of the training runs looked at in which a claim must hold",
    )
    headline_alpha: float = Field(
        default=0.05, gt=0, lt=0.5, description="Holm's level over the sensor groups"
    )
    cell_rate: float = Field(
        default=0.10, gt=0, lt=0.5, description="Benjamini-Yekutieli's rate over cells"
    )
    off_distribution_weak: float = Field(
        default=0.20, ge=0, le=1, description="larger share of unusual windows: at most weak"
    )
    off_distribution_none: float = Field(
        default=0.50, ge=0, le=1, description="larger share of unusual windows: not assessed"
    )
    missing: float = Field(
        default=0.20, ge=0, le=1, description="larger share of missing readings: not explained"
    )
    missing_windows: float = Field(
        default=0.50,
        ge=0,
        le=1,
        description="larger share of windows left out for missing readings: not assessed",
    )
    agreement: float = Field(
        default=0.6, ge=-1, le=1, description="Kendall's tau from which two methods agree"
    )
    gate_value: float = Field(
        default=0.10, ge=0, lt=1, description="how much smaller the RMSE must be than a rule's"
    )
    gate_points: float = Field(
        default=5.0,
        ge=0,
        le=50,
        description="points of ROC AUC or balanced accuracy the model must be ahead of a rule",
    )
    normalisation: float = Field(
        default=0.20,
        ge=0,
        le=10,
        description="larger change of a span's effect behind a model's normalisation: at most weak",
    )
    supported_skill: float = Field(
        default=0.5, ge=0, le=1, description="skill from which a map is said to be faithful"
    )
    least_skill: float = Field(
        default=0.25, ge=-1, le=1, description="what the lower end of that skill must pass"
    )
    completeness: float = Field(
        default=0.01, gt=0, le=1, description="median gap of expected gradients, in |dF|"
    )
    completeness_p95: float = Field(
        default=0.05, gt=0, le=1, description="the same at the 95th percentile"
    )

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of those that are not the default."""
        fields = type(self).model_fields
        return tuple(name for name in fields if getattr(self, name) != fields[name].default)
