"""The pages that readers see, and the small addresses around them, a module per kind."""
