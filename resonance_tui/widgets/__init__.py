"""The panes; each takes what is shown and speaks by messages, and none knows where the data comes from."""
