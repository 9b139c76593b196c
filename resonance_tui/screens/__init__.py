"""The screens: what is selected, what is read for it, and the few others that lie over it."""
