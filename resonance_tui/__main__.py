"""``python -m resonance_tui``."""

from .cli import main

if __name__ == "__main__":
    main()
