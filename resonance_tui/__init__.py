"""resonance-tui: the terminal browser for beamtimes."""

__version__ = "0.1.0"
