"""Attention rollout: layers multiplied, each with what its residual path hands on unchanged."""

from __future__ import annotations

import numpy as np
import torch

from generator.capture.reduce.rollout import add_residual
from generator.measures.evidence import (
    NO_READ_OUT,
    TWO_SEQUENCES,
    Evidence,
    MeasureValues,
    Missing,
    describe_read_out,
    head_means,
)
from generator.measures.measure import Measure
from generator.measures.read_out import apply_read_out
from generator.measures.visible import check_one_sequence, real_queries


def rollout(maps: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(positions, positions): share of each input position (column) in each output position.

    `maps` (layers, positions, positions) are head means of one self-attention, first layer first;
    `mask` (positions, positions) bool.
    The product of 0.5 A + 0.5 I, later layers on the left, rows brought to 1: Abnar & Zuidema
    2020, section 3. Rows of padding are NaN. Exact for one sample's maps; of maps that are means
    over samples it is the rollout of the mean.

    Raises:
        ValueError: queries and keys are two sequences.
    """
    product = np.eye(check_one_sequence(mask))
    for layer in mix_residual(maps):
        product = layer @ product
    return np.where(real_queries(mask)[:, None], product, np.nan)


def mix_residual(maps: np.ndarray) -> np.ndarray:
    """(layers, positions, positions): each layer's 0.5 A + 0.5 I, rows brought to 1.

    `maps` of the same shape hold shares. Abnar & Zuidema 2020, section 3.
    """
    mixed: np.ndarray = add_residual(torch.from_numpy(maps.astype(np.float64))).numpy()
    return mixed


def _take_rollout(evidence: Evidence) -> MeasureValues | Missing:
    """(keys,) shares: the read-out's rows of the rollout over all layers shown."""
    if not evidence.attends_itself:
        return Missing(TWO_SEQUENCES)
    if evidence.read_out is None:
        return Missing(NO_READ_OUT)
    product = rollout(head_means(evidence), evidence.mask)
    shares = apply_read_out(product, evidence.mask, evidence.read_out)
    return MeasureValues(shares, "keys", describe_read_out(evidence))


ROLLOUT = Measure(
    name="rollout",
    title="Rollout",
    meaning="Share of each input position in what is read out, through all layers and the paths "
    "around them; the shares add up to 1.",
    granularity="position",
    family="attention",
    formula="rows of the read-out of the product over layers of 0.5 A + 0.5 I, A the head mean, "
    "later layers on the left",
    source="Abnar & Zuidema 2020, section 3",
    take=_take_rollout,
)
