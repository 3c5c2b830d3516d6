"""The fuel's formulas against hand calculation, and the flame table against the formulas."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from examples.process_heat import natural_gas as gas
from examples.process_heat.flame import TABLE, flue_gas


def test_stoichiometric_air() -> None:
    """The fuel needs 2.05 mol O2 a mole, and 16.47 kg of air a kilogram."""
    assert gas.stoichiometric_oxygen() == pytest.approx(0.93 * 2 + 0.04 * 3.5 + 0.01 * 5)
    assert gas.stoichiometric_air_per_fuel() == pytest.approx(16.47, abs=0.01)


def test_dry_oxygen_by_hand() -> None:
    """At air ratio 1.2 a mole of fuel leaves 1.045 CO2, 9.297 N2 and Ar, 0.41 O2: 3.81 %."""
    assert gas.dry_oxygen(1.2) == pytest.approx(100 * 0.41 / (1.045 + 9.297 + 0.41), abs=0.002)


def test_excess_air_formula() -> None:
    """3 % O2 is 15.08 % excess air by the house formula, and the flame's true 15 % within 1."""
    assert gas.excess_air(3.0) == pytest.approx(15.084, abs=1e-3)
    assert gas.excess_air(gas.dry_oxygen(1.15)) == pytest.approx(15.0, abs=1.0)


def test_reference_oxygen() -> None:
    """At 3 % O2 a concentration stays; at 6 % it is raised by 17.9 / 14.9."""
    assert gas.at_reference_oxygen(100.0, 3.0) == pytest.approx(100.0)
    assert gas.at_reference_oxygen(100.0, 6.0) == pytest.approx(100 * 17.9 / 14.9)


def test_efficiency_by_hand() -> None:
    """200 degC stack, 20 degC air and 3 % O2 lose 8.22 %, and 1 % goes through the casing."""
    assert gas.boiler_efficiency(3.0, 200.0, 20.0) == pytest.approx(90.78, abs=0.01)


def test_flame_table_keeps_stoichiometry() -> None:
    """The table's lean, perfectly mixed O2 is that of complete combustion within 0.03 vol %."""
    lean = pl.read_parquet(TABLE).filter(pl.col("lam") >= 1.04)
    expected = gas.dry_oxygen(lean["lam"].to_numpy())
    assert 100 * lean["o2_dry"].to_numpy() == pytest.approx(expected, abs=0.03)


def test_rich_flame_has_no_oxygen() -> None:
    """A perfectly mixed rich flame leaves no O2 and per cents of CO."""
    rich = pl.read_parquet(TABLE).filter(pl.col("lam") <= 0.94)
    assert rich["o2_dry"].to_numpy().max() < 1e-5
    assert rich["co_dry"].to_numpy().min() > 0.01


def test_co_cliff() -> None:
    """Above 2.5 % O2 the burner leaves under 30 ppm CO, below 1.5 % over 200 ppm."""
    lam = np.linspace(1.0, 1.3, 61)
    for load in (0.4, 0.7, 1.0):
        flue = flue_gas(lam, np.full(61, 295.0), np.full(61, load))
        assert flue.co_ppm[flue.oxygen > 2.5].max() < 30
        assert flue.co_ppm[flue.oxygen < 1.5].min() > 200


def test_lean_side_trends() -> None:
    """Between 1.05 and 1.3 less air means hotter gas, less O2 and more NOx."""
    lam = np.linspace(1.06, 1.3, 25)
    flue = flue_gas(lam, np.full(25, 295.0), np.full(25, 0.8))
    assert (np.diff(flue.exit_c) < 0).all()
    assert (np.diff(flue.oxygen) > 0).all()
    assert (np.diff(flue.nox_ppm) < 0).all()


def test_table_can_be_made_again() -> None:
    """Three points of the committed table come out of Cantera again."""
    pytest.importorskip("cantera", reason="the flame table is made with cantera")
    from examples.process_heat.chemistry import COLUMNS, compute_point

    table = pl.read_parquet(TABLE)
    for row in table.gather([10, 60, 150]).iter_rows():
        again = compute_point(*row[:3])
        assert again == pytest.approx(row, rel=1e-4, abs=1e-9), COLUMNS
