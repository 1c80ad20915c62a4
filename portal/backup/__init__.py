"""Backups: the whole portal in one file, and back. The file's format: `archive`."""
