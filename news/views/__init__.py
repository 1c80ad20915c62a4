"""Public pages and small public endpoints, one module per kind."""
