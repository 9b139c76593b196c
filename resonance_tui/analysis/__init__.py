"""Pure analysis: arrays in, values out."""
