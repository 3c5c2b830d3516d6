"""A seeded hundred of the geometry campaign: every map right, every output untouched."""

from __future__ import annotations

import pytest
import torch

from benchmarks.geometry import GeometryCheck, distance, run_campaign

# A kernel rounds its output to its own format; maps are recomputed in float32 or better.
MAPS = {"float64": 1e-12, "float32": 1e-5, "bfloat16": 1e-5, "float16": 1e-5}
PRODUCTS = {"float64": 1e-12, "float32": 1e-5, "bfloat16": 2e-2, "float16": 4e-3}


@pytest.fixture(scope="module")
def found() -> list[GeometryCheck]:
    return run_campaign(100)


def test_every_geometry_is_read(found: list[GeometryCheck]) -> None:
    """No geometry raises, and each is read exactly once."""
    assert [one.fault for one in found if one.fault] == []
    assert len(found) == 100


def test_every_map_is_a_softmax_from_scratch(found: list[GeometryCheck]) -> None:
    """Captured maps equal a float64 softmax written out."""
    assert [one for one in found if not one.maps <= MAPS[one.geometry.number]] == []


def test_every_map_times_values_is_the_output(found: list[GeometryCheck]) -> None:
    """Captured maps times the values are the kernel's own output, to its format's rounding."""
    assert [one for one in found if not one.products <= PRODUCTS[one.geometry.number]] == []


def test_no_output_changes(found: list[GeometryCheck]) -> None:
    """The model's output under capture has the bytes of the plain call."""
    assert all(one.same for one in found)


def test_what_is_not_a_number_is_no_small_distance() -> None:
    """A map with a hole is infinitely far from every reference."""
    assert distance(torch.tensor([torch.nan, 0.0]), torch.zeros(2)) == torch.inf
