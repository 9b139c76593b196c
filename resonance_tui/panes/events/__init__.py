"""Events: the table of a run's events."""
