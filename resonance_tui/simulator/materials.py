"""What the simulated samples absorb at the carbon edge, and how they scatter.

Energies are in eV, angles in degrees.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resonance:
    """One transition at the carbon edge.

    Parameters
    ----------
    energy, width
        Centre and standard deviation in eV.
    height
        Height in units of the edge jump, for random orientation.
    tilt
        Angle in degrees between the transition dipole and the surface normal; 54.7 shows no dichroism.
    """

    energy: float
    height: float
    width: float
    tilt: float = 54.7


@dataclass(frozen=True, slots=True)
class Ring:
    """One scattering maximum.

    Parameters
    ----------
    radius
        Radius at 285 eV in units of the frame's side.
    width
        Relative width (standard deviation of ln r).
    counts
        Height at the resonance in counts above the background.
    anisotropy
        Amplitude of the cos 2χ modulation at the resonance in horizontal polarization, 0 for an isotropic
        ring; it turns with the polarization.
    """

    radius: float
    width: float
    counts: float
    anisotropy: float = 0.0


@dataclass(frozen=True, slots=True)
class Material:
    """What a sample absorbs and how it scatters."""

    resonances: tuple[Resonance, ...]
    rings: tuple[Ring, ...] = ()
    edge: float = 1.0


POLYSTYRENE = Material(
    resonances=(
        Resonance(285.15, 2.9, 0.26, 66.0),
        Resonance(285.55, 0.7, 0.30, 66.0),
        Resonance(287.35, 0.55, 0.45, 48.0),
        Resonance(288.75, 0.75, 0.42, 64.0),
        Resonance(293.3, 0.75, 1.5, 48.0),
        Resonance(303.0, 0.32, 3.6, 49.0),
    ),
    rings=(Ring(0.17, 0.10, 900.0),),
)
P3HT_PCBM = Material(
    resonances=(
        Resonance(284.45, 0.75, 0.26),
        Resonance(285.1, 1.7, 0.30, 76.0),
        Resonance(286.0, 0.45, 0.35),
        Resonance(287.45, 1.05, 0.42, 34.0),
        Resonance(288.3, 0.6, 0.50),
        Resonance(293.0, 0.8, 1.6, 36.0),
        Resonance(301.5, 0.4, 3.8),
    ),
    rings=(Ring(0.155, 0.20, 1900.0, 0.10), Ring(0.315, 0.13, 330.0, 0.0)),
)
PM6_Y6 = Material(
    resonances=(
        Resonance(284.6, 1.1, 0.26, 38.0),
        Resonance(285.2, 1.5, 0.28, 40.0),
        Resonance(286.55, 0.55, 0.30, 44.0),
        Resonance(287.6, 0.7, 0.45, 62.0),
        Resonance(288.35, 0.6, 0.40, 46.0),
        Resonance(292.8, 0.85, 1.6, 68.0),
        Resonance(302.0, 0.4, 3.9),
    ),
    rings=(Ring(0.118, 0.24, 2600.0, 0.17), Ring(0.262, 0.085, 820.0, -0.24), Ring(0.40, 0.10, 120.0)),
)
SILICON_NITRIDE = Material(resonances=(Resonance(285.3, 0.25, 0.5), Resonance(288.5, 0.2, 0.6)), edge=0.12)
