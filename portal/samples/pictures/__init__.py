"""Pictures of the demo's and the archive's articles; README.md beside them says where they are from."""

from pathlib import Path


def path(name: str) -> Path:
    """The WebP file of the picture with this name; it is there or not."""
    return Path(__file__).with_name(f"{name}.webp")
