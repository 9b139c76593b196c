"""Pictures as cells: view, limits, levels, palettes, cuts. Pure; shared by panes and the command line."""
