"""What a carbon-edge beamline would measure: spectra, line-up curves and scattering frames, in numpy alone.

Everything is deterministic for the random generator or the seed that is passed in. Energies are in eV,
angles in degrees, signals in volts, frames in detector counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Curve: TypeAlias = npt.NDArray[np.float64]
    Map: TypeAlias = npt.NDArray[np.float32]
    Frame: TypeAlias = npt.NDArray[np.int32]

DARK_LEVEL = 70.0
"""Counts of a pixel that saw no photon."""

READ_NOISE = 3.5
"""Standard deviation of the dark level, in counts."""

SATURATION = 262_143
"""The largest count the simulated detector gives (18 bit)."""

COUNTS_PER_PHOTON = 6.0

_STEPS_PER_PIXEL = 4  # of the radial look-up table: fine enough that no rounding is seen as rings


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


def energy_grid(last: float = 340.0) -> Curve:
    """Energies of a carbon-edge sweep: 1 eV before the edge, 0.05 eV across it, coarser again after it.

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
    """Mean current of the i0 mesh: carbon on the mirrors eats the beam, nearly all of it at 283.4 eV.

    Parameters
    ----------
    energy
        Shape (n,), in eV.

    Returns
    -------
    array
        Shape (n,), in V.
    """
    flux = 0.0026 + 0.0042 * _bell(energy, 280.2, 4.5)
    flux += 0.052 * _bell(energy, 284.85, 0.42)
    flux += 0.013 * _step(energy, 284.9, 0.5) + 0.045 * _step(energy, 286.9, 0.32)
    flux += (
        0.034 * _step(energy, 289.9, 0.8)
        + 0.042 * _step(energy, 297.0, 2.6)
        + 0.0021 * np.clip(energy - 303.0, 0.0, None)
    )
    flux *= 1.0 - 0.09 * _bell(energy, 291.6, 0.5) - 0.07 * _bell(energy, 307.5, 2.0)
    flux *= 1.0 - 0.95 * _bell(energy, 283.4, 0.20)
    return flux


def absorption(material: Material, energy: Curve, theta: float) -> Curve:
    """Absorption per incident photon, with the linear dichroism of an oriented film.

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
    rise = _step(energy, 290.6, 0.7)
    total = total + material.edge * rise * (1.0 + 0.006 * np.clip(energy - 290.6, 0.0, None))
    along = 3.0 * np.cos(np.radians(theta)) ** 2 - 1.0
    for resonance in material.resonances:
        dipole = 3.0 * np.cos(np.radians(resonance.tilt)) ** 2 - 1.0
        oriented = polarization * (1.0 + 0.5 * along * dipole)
        # the other polarization lies in the film at every angle
        across = (1.0 - polarization) * 1.5 * np.sin(np.radians(resonance.tilt)) ** 2
        strength = resonance.height * (oriented + across)
        total = total + strength * _bell(energy, resonance.energy, resonance.width)
    return total


def electron_yield(material: Material, energy: Curve, theta: float, i0: Curve) -> Curve:
    """Drain current of the sample: what it absorbs of `i0`, more of it at grazing incidence.

    Returns
    -------
    array
        Shape (n,), in V.
    """
    signal: Curve = 0.0085 + 0.21 * i0 * absorption(material, energy, theta) / np.sin(np.radians(theta))
    return signal


def photodiode(transmitted: Curve) -> Curve:
    """Reading of the photodiode: negative, a small response on a large offset.

    Parameters
    ----------
    transmitted
        Shape (n,), the beam that reaches the diode, in V of i0.
    """
    return -0.0921 - 0.0105 * transmitted


def knife_edge(position: Curve, edge: float, blur: float) -> Curve:
    """Fraction of the beam that passes a blade, 1 below `edge`, 0 above; `blur` in the unit of position."""
    return 1.0 - _step(position, edge, blur / 1.7)


def rocking_curve(angle: Curve, centre: float, width: float) -> Curve:
    """Relative intensity while a sample is rocked through the beam: a peak on wider shoulders."""
    curve: Curve = (
        0.06 + 0.74 / (1.0 + ((angle - centre) / width) ** 2) + 0.2 * _bell(angle, centre, 3.2 * width)
    )
    return curve


def channels(
    material: Material,
    energy: Curve,
    theta: float,
    random: np.random.Generator,
    passing: Curve | float = 1.0,
) -> dict[str, Curve]:
    """What the channels read along a scan, noise included.

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


def contrast(material: Material, energy: float) -> float:
    """Scattering contrast at `energy`: about 0.05 off resonance, 1 at its strongest near 285 eV."""
    below_and_at = np.linspace(283.5, 287.0, 141)
    strongest = float(_index_contrast(material, below_and_at).max())
    relative = float(_index_contrast(material, np.array([energy]))[0]) / strongest
    return 0.05 + 0.95 * relative


class Detector:
    """The area detector behind a beamstop.

    What stays the same from frame to frame (radii, beamstop, flat field, hot pixels, a bank of noise) is
    computed once; a frame is then a look-up per pixel and a few passes over the array.

    Parameters
    ----------
    size
        Rows and columns of a frame.
    seed
        Fixes the hot pixels and every frame's noise.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self._random = np.random.default_rng(seed)
        rows, columns = np.ogrid[0:size, 0:size]
        down = (rows - 0.468 * size).astype(np.float32)
        right = (columns - 0.527 * size).astype(np.float32)
        squared = down * down + right * right
        radius: Map = np.sqrt(squared)
        self._reach = int(radius.max()) + 2
        self._index = (radius * _STEPS_PER_PIXEL).astype(np.intp)
        double_angle = (right * right - down * down) / np.maximum(squared, np.float32(1.0))
        self._cos2chi: Map = double_angle.astype(np.float32)
        self._noise: Map = self._random.standard_normal((size, size), dtype=np.float32)
        self._seen: Map = _beamstop(radius, down, right, size) * self._flat_field(squared)
        # scatter from the sample window's edges: two faint streaks through the beam, not quite upright
        along, across = right + 0.05 * down, down - 0.05 * right
        width = np.float32(0.0035 * size + 0.4)
        fade: Map = np.exp(-radius / np.float32(0.13 * size))
        streaks = np.exp(-np.square(along / width)) + 0.6 * np.exp(-np.square(across / width))
        self._streaks: Map = (np.float32(260.0) * fade * streaks).astype(np.float32)
        count = max(6, round(36 * size / 1024))
        self._hot = self._random.integers(0, size * size, count)
        self._hot_counts = np.exp(self._random.uniform(np.log(900.0), np.log(60_000.0), count)).astype(
            np.int32
        )

    def frame(
        self,
        material: Material,
        energy: float,
        *,
        vertical: bool = False,
        dose: float = 1.0,
        dark: float = DARK_LEVEL,
    ) -> Frame:
        """One frame.

        Parameters
        ----------
        material
            What scatters.
        energy
            In eV; the rings' radius goes with 1/energy, their height with the contrast.
        vertical
            Whether the polarization is vertical, not horizontal.
        dose
            Photons relative to a good exposure.
        dark
            Dark level in counts.

        Returns
        -------
        array
            int32, shape (size, size).
        """
        mean = self._scattering(material, energy, -1.0 if vertical else 1.0)
        mean *= np.float32(dose)
        return self._read_out(mean, dark)

    def overexposed(self, material: Material, energy: float) -> Frame:
        """A frame exposed far too long: int32, shape (size, size), at least 500 saturated pixels."""
        mean = self._scattering(material, energy)
        wanted = max(700, round(0.001 * mean.size))
        faintest = float(np.partition(mean, mean.size - wanted, axis=None)[mean.size - wanted])
        mean *= np.float32(1.15 * SATURATION / faintest)
        return self._read_out(mean, DARK_LEVEL)

    def underexposed(self, material: Material, energy: float) -> Frame:
        """A frame whose shutter hardly opened: int32, shape (size, size), nearly all under 50 counts.

        Its dark level is near zero, as if the detector's software had subtracted it.
        """
        return self.frame(material, energy, dose=0.004, dark=4.0)

    def _flat_field(self, squared: Map) -> Map:
        shading = 1.0 - np.float32(0.16 / (self.size * self.size)) * squared
        columns = 1.0 + 0.006 * self._random.standard_normal((1, self.size), dtype=np.float32)
        flat: Map = (shading * columns).astype(np.float32)
        return flat

    def _scattering(self, material: Material, energy: float, sense: float = 1.0) -> Map:
        """Mean counts above the dark level, float32, shape (size, size); `sense` is the anisotropy's sign."""
        steps = np.arange(self._reach * _STEPS_PER_PIXEL, dtype=np.float64)
        radius = np.maximum(steps, 1.0) / (_STEPS_PER_PIXEL * self.size)
        strength = contrast(material, energy)
        halo = 24_000.0 / (1.0 + (radius / 0.023) ** 3.3) + 260.0 * np.exp(-radius / 0.05)
        diffuse = 26.0 + 120.0 * float(_step(np.array([energy]), 290.6, 0.8)[0])
        even = halo * (0.75 + 0.5 * strength) + diffuse
        odd = np.zeros_like(even)
        for ring in material.rings:
            spread = np.log(radius * energy / (ring.radius * 285.0)) / ring.width
            # steep on the side of the beam, with a long tail on the other, as domains of many sizes give
            spread = np.where(spread > 0.0, 0.62 * spread, spread)
            height = ring.counts * strength / (1.0 + 0.5 * spread * spread) ** 2
            even += height
            odd += sense * ring.anisotropy * strength * height
        mean: Map = np.take(even.astype(np.float32), self._index, mode="clip")
        modulated: Map = np.take(odd.astype(np.float32), self._index, mode="clip")
        modulated *= self._cos2chi
        mean += modulated
        mean += self._streaks
        mean *= self._seen
        return mean

    def _read_out(self, mean: Map, dark: float) -> Frame:
        """Noise, dark level, hot pixels and cosmic rays; `mean` is used up."""
        random = self._random
        spread: Map = np.sqrt(mean * np.float32(COUNTS_PER_PHOTON) + np.float32(READ_NOISE**2))
        # the same noise is never seen twice: shifted at random, and mirrored for every second frame or so
        shift = (int(random.integers(self.size)), int(random.integers(self.size)))
        noise = self._noise[:: random.choice((-1, 1)), :: random.choice((-1, 1))]
        spread *= np.roll(noise, shift, axis=(0, 1))
        mean += spread
        mean += np.float32(dark + 0.5)
        np.clip(mean, 0.0, float(SATURATION), out=mean)
        frame: Frame = mean.astype(np.int32)
        pixels = frame.reshape(-1)
        pixels[self._hot] = np.maximum(pixels[self._hot], self._hot_counts)
        rays = random.integers(0, pixels.size, max(1, round(9 * self.size / 1024)))
        pixels[rays] += random.integers(300, 9_000, rays.size, dtype=np.int32)
        return np.minimum(frame, np.int32(SATURATION), out=frame)


def _bell(x: Curve, centre: float, width: float) -> Curve:
    bell: Curve = np.exp(-0.5 * np.square((x - centre) / width))
    return bell


def _step(x: Curve, centre: float, width: float) -> Curve:
    step: Curve = 0.5 * (1.0 + np.tanh((x - centre) / width))
    return step


def _index_contrast(material: Material, energy: Curve) -> Curve:
    """|Δn|² E⁴ of Lorentz oscillators on a constant difference, in arbitrary units; shape (n,)."""
    index: npt.NDArray[np.complex128] = np.full(energy.shape, 0.35 + 0.0j)
    for resonance in material.resonances:
        if resonance.energy < 290.0:  # the σ* bands differ little between the phases
            oscillator = resonance.height / (resonance.energy - energy - 1.6j * resonance.width)
            index = index + 0.3 * oscillator
    squared: Curve = np.square(np.abs(index)) * (energy / 285.0) ** 4
    return squared


def _beamstop(radius: Map, down: Map, right: Map, size: int) -> Map:
    """Fraction of the light that passes the beamstop and its arm; float32, shape (size, size)."""
    soft = np.float32(0.0016 * size + 0.25)
    disc = 0.5 * (1.0 + np.tanh((radius - np.float32(0.034 * size)) / soft))
    # the arm comes in from the lower edge, a little aslant, and tapers towards the beam
    aside = np.abs(right - np.float32(0.13) * down)
    half = np.float32(0.0068 * size) + np.float32(0.011) * down
    arm = 0.5 * (1.0 + np.tanh((aside - half) / soft))
    arm = np.where(down > 0.0, arm, np.float32(1.0))
    passed: Map = np.maximum(disc * arm, np.float32(0.012)).astype(np.float32)
    return passed
