"""Pages and small endpoints, one module per kind. Public ones, but for reports.py."""
