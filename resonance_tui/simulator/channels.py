"""What the channels of a carbon-edge beamline read along a scan: spectra and line-up curves, in numpy alone.

Everything is deterministic for the random generator that is passed in. Energies are in eV, angles in degrees,
signals in volts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from resonance_tui.simulator.line_shapes import bell, step

if TYPE_CHECKING:
    from resonance_tui.simulator.line_shapes import Curve
    from resonance_tui.simulator.materials import Material


def energy_grid(last: float = 340.0) -> Curve:
    """Return the energies of a carbon-edge sweep: steps of 1 eV before the edge, 0.05 eV across it, coarser after it.

    Parameters
    ----------
    last
        Energy in eV of the last point, beyond 320.

    Returns
    -------
    array
        Shape (n,), in eV, from 270.
    """
    pieces = (
        (270.0, 280.0, 1.0),
        (280.0, 283.0, 0.25),
        (283.0, 290.0, 0.05),
        (290.0, 305.0, 0.1),
        (305.0, 320.0, 0.5),
        (320.0, last + 1.0, 1.0),
    )
    # counted, not added up: no piece may gain a point by rounding
    parts = [start + step * np.arange(round((stop - start) / step)) for start, stop, step in pieces]
    grid: Curve = np.round(np.concatenate(parts), 3).astype(np.float64)
    return grid


def incident_flux(energy: Curve) -> Curve:
    """Return the mean signal of the i0 mesh: carbon on the mirrors absorbs nearly all of the beam at 283.4 eV.

    Parameters
    ----------
    energy
        Shape (n,), in eV.

    Returns
    -------
    array
        Shape (n,), in V.
    """
    flux = 0.0026 + 0.0042 * bell(energy, 280.2, 4.5)
    flux += 0.052 * bell(energy, 284.85, 0.42)
    flux += 0.013 * step(energy, 284.9, 0.5) + 0.045 * step(energy, 286.9, 0.32)
    flux += (
        0.034 * step(energy, 289.9, 0.8)
        + 0.042 * step(energy, 297.0, 2.6)
        + 0.0021 * np.clip(energy - 303.0, 0.0, None)
    )
    flux *= 1.0 - 0.09 * bell(energy, 291.6, 0.5) - 0.07 * bell(energy, 307.5, 2.0)
    flux *= 1.0 - 0.95 * bell(energy, 283.4, 0.20)
    return flux


def absorption(material: Material, energy: Curve, theta: float) -> Curve:
    """Return the absorption per incident photon, with the linear dichroism of an oriented film.

    Parameters
    ----------
    material
        What is in the beam.
    energy
        Shape (n,), in eV.
    theta
        Angle in degrees between the beam and the film; the electric field is in the film at 90.

    Returns
    -------
    array
        Shape (n,), in units of the edge jump at normal orientation.
    """
    polarization = 0.92
    total = 0.30 - 0.0012 * (energy - 285.0)
    rise = step(energy, 290.6, 0.7)
    total = total + material.edge * rise * (1.0 + 0.006 * np.clip(energy - 290.6, 0.0, None))
    along = 3.0 * np.cos(np.radians(theta)) ** 2 - 1.0
    for resonance in material.resonances:
        dipole = 3.0 * np.cos(np.radians(resonance.tilt)) ** 2 - 1.0
        oriented = polarization * (1.0 + 0.5 * along * dipole)
        # the other polarization lies in the film at every angle
        across = (1.0 - polarization) * 1.5 * np.sin(np.radians(resonance.tilt)) ** 2
        strength = resonance.height * (oriented + across)
        total = total + strength * bell(energy, resonance.energy, resonance.width)
    return total


def electron_yield(material: Material, energy: Curve, theta: float, i0: Curve) -> Curve:
    """Return the drain current of the sample: what it absorbs of `i0`, more of it at grazing incidence.

    Parameters
    ----------
    material
        What is in the beam.
    energy
        Shape (n,), in eV.
    theta
        Angle in degrees between the beam and the film, above 0.
    i0
        Shape (n,), in V.

    Returns
    -------
    array
        Shape (n,), in V.
    """
    signal: Curve = 0.0085 + 0.21 * i0 * absorption(material, energy, theta) / np.sin(np.radians(theta))
    return signal


def photodiode(transmitted: Curve) -> Curve:
    """Return the reading of the photodiode: negative, a small response on a large offset.

    Parameters
    ----------
    transmitted
        Shape (n,), the beam that reaches the diode, in V of i0.

    Returns
    -------
    array
        Shape (n,), in V.
    """
    return -0.0921 - 0.0105 * transmitted


def knife_edge(position: Curve, edge: float, blur: float) -> Curve:
    """Return the fraction of the beam that passes a blade, shape (n,): 1 below `edge`, 0 above.

    Parameters
    ----------
    position
        Shape (n,), of the blade.
    edge, blur
        Where half of the beam passes, and the beam's width; in the unit of the position.
    """
    return 1.0 - step(position, edge, blur / 1.7)


def rocking_curve(angle: Curve, centre: float, width: float) -> Curve:
    """Return the relative intensity while a sample is rocked through the beam: a peak on wider shoulders.

    Parameters
    ----------
    angle
        Shape (n,).
    centre, width
        Of the peak, in the unit of the angle; the width is the half width at half maximum.
    """
    curve: Curve = (
        0.06 + 0.74 / (1.0 + ((angle - centre) / width) ** 2) + 0.2 * bell(angle, centre, 3.2 * width)
    )
    return curve


def channels(
    material: Material,
    energy: Curve,
    theta: float,
    random: np.random.Generator,
    passing: Curve | float = 1.0,
) -> dict[str, Curve]:
    """Simulate what the channels read along a scan, noise included.

    Parameters
    ----------
    material
        What is in the beam.
    energy
        Shape (n,), in eV.
    theta
        Angle in degrees between the beam and the film.
    random
        Source of the noise.
    passing
        Fraction of the beam that passes the sample.

    Returns
    -------
    dict
        photodiode, tey_signal, i0 and ai_6_beamstop in V, beam_current in mA; each of shape (n,).
        Now and then a beam_current is NaN.
    """
    noise, n = random.standard_normal, energy.size
    # filled up every few minutes, the storage ring's current is a saw-tooth
    current = 500.4 - 0.9 * ((0.011 * np.arange(n) + random.random()) % 1.0)
    flux = incident_flux(energy) * (current / 500.0) * random.uniform(0.94, 1.06)
    drain = electron_yield(material, energy, theta, flux)
    columns: dict[str, Curve] = {
        "photodiode": photodiode(flux * passing) + 1.1e-4 * noise(n),
        "tey_signal": drain * (1.0 + 0.005 * noise(n)) + 1.5e-4 * noise(n),
        "i0": flux * (1.0 + 0.004 * noise(n)) + 1.2e-4 * noise(n),
        "ai_6_beamstop": 0.0021 + 0.38 * flux * passing + 8e-5 * noise(n),
        "beam_current": np.round(current + 0.01 * noise(n), 3),
    }
    columns["beam_current"][random.random(n) < 0.004] = np.nan
    return columns
