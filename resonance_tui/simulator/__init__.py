"""A simulated beamtime, written at once or as the acquisition does."""
