"""Attention rollout: layers multiplied, each with what its residual path hands on unchanged."""

from __future__ import annotations

import numpy as np
import torch

from generator.capture.reduce.rollout import add_residual
from generator.measures.visible import check_one_sequence, real_queries


def rollout(maps: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(positions, positions): share of each input position (column) in each output position.

    `maps` (layers, positions, positions) are head means of one self-attention, first layer first.
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
    """(layers, positions, positions): each layer's 0.5 A + 0.5 I, rows brought to 1."""
    found: np.ndarray = add_residual(torch.from_numpy(maps.astype(np.float64))).numpy()
    return found
