"""Runs: the list of the whole beamtime."""
