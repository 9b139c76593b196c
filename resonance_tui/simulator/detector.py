"""The simulated area detector: scattering frames at the carbon edge, in numpy alone.

Everything is deterministic for the seed that is passed in. Energies are in eV, frames in detector counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from resonance_tui.simulator.line_shapes import step

if TYPE_CHECKING:
    import numpy.typing as npt

    from resonance_tui.simulator.line_shapes import Curve
    from resonance_tui.simulator.materials import Material

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


def contrast(material: Material, energy: float) -> float:
    """Return the scattering contrast at an energy, in eV: about 0.05 off resonance, 1 at its strongest near 285 eV."""
    below_and_at = np.linspace(283.5, 287.0, 141)
    strongest = float(_index_contrast(material, below_and_at).max())
    relative = float(_index_contrast(material, np.array([energy]))[0]) / strongest
    return 0.05 + 0.95 * relative


def _index_contrast(material: Material, energy: Curve) -> Curve:
    """Return |Δn|² E⁴ of Lorentz oscillators on a constant difference, in arbitrary units; shape (n,)."""
    index: npt.NDArray[np.complex128] = np.full(energy.shape, 0.35 + 0.0j)
    for resonance in material.resonances:
        if resonance.energy < 290.0:  # the σ* bands differ little between the phases
            oscillator = resonance.height / (resonance.energy - energy - 1.6j * resonance.width)
            index = index + 0.3 * oscillator
    squared: Curve = np.square(np.abs(index)) * (energy / 285.0) ** 4
    return squared


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
        """Take one frame.

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
        """Take a frame exposed far too long: int32, shape (size, size), at least 500 saturated pixels."""
        mean = self._scattering(material, energy)
        wanted = max(700, round(0.001 * mean.size))
        faintest = float(np.partition(mean, mean.size - wanted, axis=None)[mean.size - wanted])
        mean *= np.float32(1.15 * SATURATION / faintest)
        return self._read_out(mean, DARK_LEVEL)

    def underexposed(self, material: Material, energy: float) -> Frame:
        """Take a frame whose shutter hardly opened: int32, shape (size, size), nearly all under 50 counts.

        Its dark level is near zero, as if the detector's software had subtracted it.
        """
        return self.frame(material, energy, dose=0.004, dark=4.0)

    def _flat_field(self, squared: Map) -> Map:
        shading = 1.0 - np.float32(0.16 / (self.size * self.size)) * squared
        columns = 1.0 + 0.006 * self._random.standard_normal((1, self.size), dtype=np.float32)
        flat: Map = (shading * columns).astype(np.float32)
        return flat

    def _scattering(self, material: Material, energy: float, sense: float = 1.0) -> Map:
        """Return the mean counts above the dark level, float32, shape (size, size); `sense`: the anisotropy's sign."""
        steps = np.arange(self._reach * _STEPS_PER_PIXEL, dtype=np.float64)
        radius = np.maximum(steps, 1.0) / (_STEPS_PER_PIXEL * self.size)
        strength = contrast(material, energy)
        halo = 24_000.0 / (1.0 + (radius / 0.023) ** 3.3) + 260.0 * np.exp(-radius / 0.05)
        diffuse = 26.0 + 120.0 * float(step(np.array([energy]), 290.6, 0.8)[0])
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
        """Add noise, dark level (counts), hot pixels and cosmic rays to the mean counts, which are overwritten."""
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


def _beamstop(radius: Map, down: Map, right: Map, size: int) -> Map:
    """Return the fraction of the light that passes the beamstop and its arm; float32, shape (size, size)."""
    soft = np.float32(0.0016 * size + 0.25)
    disc = 0.5 * (1.0 + np.tanh((radius - np.float32(0.034 * size)) / soft))
    # the arm comes in from the lower edge, a little aslant, and tapers towards the beam
    aside = np.abs(right - np.float32(0.13) * down)
    half = np.float32(0.0068 * size) + np.float32(0.011) * down
    arm = 0.5 * (1.0 + np.tanh((aside - half) / soft))
    arm = np.where(down > 0.0, arm, np.float32(1.0))
    passed: Map = np.maximum(disc * arm, np.float32(0.012)).astype(np.float32)
    return passed
