"""Texts of the newsroom that are written and not yet saved: none of them is lost."""
