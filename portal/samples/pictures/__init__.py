"""Pictures for the articles of the demo and the generated archive; see README.md for their origin."""

from pathlib import Path


def path(name: str) -> Path:
    """Path of the WebP file for this picture name; it may not exist."""
    return Path(__file__).with_name(f"{name}.webp")
