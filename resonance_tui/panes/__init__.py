"""The panes: one folder each, beside them what they share; no pane knows another."""
