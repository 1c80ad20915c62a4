"""The baselines of the portal, run with the same gunicorn options: a bare Django page and a constant page."""
