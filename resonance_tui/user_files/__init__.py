"""Files of the user's own: where they lie, and how they are written; nothing else of ours is imported here."""
