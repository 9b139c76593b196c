"""Details: sample, metadata and streams of the selected run."""
