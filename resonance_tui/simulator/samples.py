"""The samples of the simulated beamtimes, each with what it absorbs and how it scatters."""

from __future__ import annotations

from resonance_tui.simulator.materials import P3HT_PCBM, PM6_Y6, POLYSTYRENE, SILICON_NITRIDE, Material
from resonance_tui.simulator.writer import SimulatedSample

SAMPLES: dict[str, tuple[SimulatedSample, Material]] = {
    "ps": (
        SimulatedSample(
            "PS 100kd",
            "C8H8",
            "S1234",
            ("polymer", "reference"),
            "A3",
            {"thickness_nm": 40, "substrate": "Si"},
        ),
        POLYSTYRENE,
    ),
    "p3ht": (
        SimulatedSample(
            "P3HT:PCBM 1:1", "C10H14S", "S1301", ("opv", "blend"), "B1", {"thickness_nm": 95, "solvent": "CB"}
        ),
        P3HT_PCBM,
    ),
    "pm6": (
        SimulatedSample(
            "PM6:Y6 annealed [lot 7]",
            "C68H78F2O2S8",
            "S1347",
            ("opv", "annealed"),
            "B2",
            {"thickness_nm": 110, "anneal": {"temperature_c": 100, "minutes": 10}},
        ),
        PM6_Y6,
    ),
    "blank": (
        SimulatedSample("Si3N4 blank", "Si3N4", "W0007", ("blank",), "C1", {"window_um": 1000}),
        SILICON_NITRIDE,
    ),
    "grid": (SimulatedSample("µ-grid", "Au", None, ("alignment",)), SILICON_NITRIDE),
}
