"""The circuit family's worker side."""
