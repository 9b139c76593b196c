"""The Textual app: the main screen, its keys, and what lies over it."""
