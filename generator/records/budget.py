"""What testing may cost: how many donors, steps and spans; stated on each report."""

from __future__ import annotations

from pydantic import Field

from generator.records.record import Record


class EffectsBudget(Record):
    """How much is exchanged and searched for one report."""

    donors: int = Field(default=8, ge=2, le=64, description="stand-ins for each window and part")
    steps: int = Field(
        default=16, ge=4, le=256, description="of expected gradients, from each donor"
    )
    integrated: int = Field(
        default=64,
        ge=8,
        le=100_000,
        description="windows expected gradients are taken of, spread over the periods",
    )
    spans: int = Field(default=8, ge=1, le=64, description="equal spans a window is cut into")
    searched: int = Field(
        default=25, ge=0, le=1000, description="windows on which rankings are searched and graded"
    )
