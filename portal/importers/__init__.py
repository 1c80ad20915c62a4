"""Imports articles from other portals: one module per format (formats.py) yields what its articles are (record.py),
`save()` finds and writes each (saving.py)."""
