"""The limit of the article page: what Django's startproject makes, with one view of three queries."""
