"""Values → words, for the panes, the command line, exports and reports alike. No Textual, no Rich."""
