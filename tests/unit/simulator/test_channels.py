"""What the channels of the simulated beamline read."""

from __future__ import annotations

import numpy as np
import pytest

from resonance_tui.simulator.channels import absorption, energy_grid, incident_flux
from resonance_tui.simulator.materials import POLYSTYRENE


@pytest.mark.parametrize("last", [340.0, 370.0])
def test_the_energies_rise_without_a_double_point(last):
    grid = energy_grid(last)
    assert (np.diff(grid) > 0.04).all()
    assert (grid[0], grid[-1]) == (270.0, last)


def test_the_flux_nearly_vanishes_in_the_carbon_dip():
    flux = incident_flux(np.array([280.0, 283.4, 285.0, 286.3, 300.0]))
    assert (flux > 0).all()
    assert flux[1] < 0.1 * flux[0]
    assert flux[3] < 0.5 * flux[2]


def test_the_pi_resonance_of_polystyrene_is_dichroic():
    at_resonance, above = np.array([285.15]), np.array([350.0])
    grazing, normal = (absorption(POLYSTYRENE, at_resonance, angle)[0] for angle in (20.0, 90.0))
    assert normal > 1.3 * grazing
    assert absorption(POLYSTYRENE, above, 20.0)[0] == pytest.approx(absorption(POLYSTYRENE, above, 90.0)[0])
