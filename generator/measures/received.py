"""Attention received: how much of the queries' attention went to each key, on average."""

from __future__ import annotations

from generator.measures.evidence import Evidence, MeasureValues, blank_padding
from generator.measures.measure import Measure
from generator.measures.shares import measure_received_and_even


def _take_received(evidence: Evidence) -> MeasureValues:
    """(keys,) shares."""
    received, _ = measure_received_and_even(evidence.weights, evidence.mask)
    return MeasureValues(blank_padding(received, evidence), "keys")


RECEIVED = Measure(
    name="received",
    title="Attention received",
    meaning="Share of all attention that went to a position; the shares add up to 1.",
    granularity="position",
    family="attention",
    formula="received_j = mean over layers, heads and real queries i of A_ij",
    source="own definition",
    take=_take_received,
)
