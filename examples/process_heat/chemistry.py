"""The flame table: what a natural-gas flame leaves at each excess of air, from GRI-Mech 3.0.

Out: data/flame.parquet, one row per (lambda, air temperature, load): flame and furnace-exit
temperature and the dry mole fractions of O2, CO and NOx of a perfectly mixed flame.
Needs cantera; the simulator reads the table and does not. Never: mixing, lags or noise.

Run: python -m examples.process_heat.chemistry
Source: Smith, G. P. et al., GRI-Mech 3.0 (gri30.yaml, shipped with Cantera).
"""

from __future__ import annotations

from itertools import product
from multiprocessing import Pool
from pathlib import Path

import cantera as ct
import numpy as np
import polars as pl

from examples.process_heat.natural_gas import AIR, FUEL

TABLE = Path(__file__).parent / "data" / "flame.parquet"
LAMBDAS = (*np.linspace(0.80, 1.30, 26), 1.36, 1.44, 1.54, 1.66, 1.80)
AIR_KELVIN = (263.15, 323.15)
LOADS = (0.3, 0.65, 1.0)
SECONDS_AT_FULL_LOAD = 0.65
COOLING_W_PER_KG_K = 1060.0
RADIATED_J_PER_KG = 1.8e5
NITROGEN_SPECIES = (
    *("NO", "NO2", "N2O", "N", "NH", "NH2", "NH3", "NNH", "HNO"),
    *("CN", "HCN", "NCO", "HNCO", "H2CN", "HCNN", "HCNO", "HOCN"),
)
COLUMNS = ("lam", "air_k", "load", "flame_k", "exit_k", "o2_dry", "co_dry", "nox_dry")


def compute_point(lam: float, air_k: float, load: float) -> tuple[float, ...]:
    """One row of the table: equilibrium flame, then kinetics in a furnace that cools the gas."""
    gas = ct.Solution("gri30.yaml")
    flame_k = _burn_radiating(gas, lam, air_k, load)
    exit_gas = _cool_in_furnace(gas, load)
    dry = 1 - exit_gas["H2O"].X[0]
    fractions = (_fraction(exit_gas, kind) / dry for kind in (("O2",), ("CO",), ("NO", "NO2")))
    return lam, air_k, load, flame_k, exit_gas.T, *fractions


def _burn_radiating(gas: ct.Solution, lam: float, air_k: float, load: float) -> float:
    """Burnt gas at equilibrium, short of the radiated heat and free of nitrogen oxides; its K."""
    gas.TP = air_k, ct.one_atm
    gas.set_equivalence_ratio(1 / lam, FUEL, AIR)
    gas.equilibrate("HP")
    gas.HP = gas.enthalpy_mass - RADIATED_J_PER_KG * (1.35 - 0.35 * load), ct.one_atm
    gas.equilibrate("HP")
    flame_k = float(gas.T)
    gas.TPX = flame_k, ct.one_atm, _remove_nitrogen_oxides(gas)
    return flame_k


def _remove_nitrogen_oxides(gas: ct.Solution) -> np.ndarray:
    """Mole fractions with every nitrogen species but N2 taken apart into N2 and O2."""
    fractions = gas.X
    for name in NITROGEN_SPECIES:
        at = gas.species_index(name)
        for element, molecule in (("N", "N2"), ("O", "O2")):
            fractions[gas.species_index(molecule)] += fractions[at] * gas.n_atoms(at, element) / 2
        fractions[at] = 0.0
    return fractions


def _cool_in_furnace(gas: ct.Solution, load: float) -> ct.ThermoPhase:
    """The gas after its residence time: NO has formed, CO has burnt out, heat has gone to water."""
    reactor = ct.IdealGasConstPressureReactor(gas, clone=True)
    water_side = ct.Reservoir(_make_water_side(), clone=False)
    ct.Wall(reactor, water_side, A=1.0, U=COOLING_W_PER_KG_K * load**0.65 * reactor.mass)
    network = ct.ReactorNet([reactor])
    network.rtol, network.atol = 1e-6, 1e-13
    network.advance(SECONDS_AT_FULL_LOAD / load)
    return reactor.phase


def _make_water_side() -> ct.Solution:
    wall = ct.Solution("air.yaml")
    wall.TP = 453.15, ct.one_atm
    return wall


def _fraction(gas: ct.ThermoPhase, species: tuple[str, ...]) -> float:
    return float(sum(gas[name].X[0] for name in species))


def main() -> None:
    """Compute every point and write the table."""
    points = list(product(LAMBDAS, AIR_KELVIN, LOADS))
    with Pool(2) as pool:
        rows = pool.starmap(compute_point, points, chunksize=8)
    table = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.Float64), orient="row")
    TABLE.parent.mkdir(exist_ok=True)
    table.with_columns(pl.all().round_sig_figs(7)).write_parquet(TABLE, compression="zstd")


if __name__ == "__main__":
    main()
