"""Public pages and forms of comments."""
