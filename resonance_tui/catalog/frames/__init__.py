"""Frames: which there are, where they lie in the Zarr store, and how they are decoded."""
