"""Plot: the curves of a run, or of several."""
