"""What counts as an address: a whole one (http or https), or a path."""

# Browsers take an address that starts with // or /\ for one on another site.
PATTERN = r"https?://[^\s/]\S*|/(?![/\\])\S*"
