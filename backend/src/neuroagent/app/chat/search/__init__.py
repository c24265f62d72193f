"""Messages found by their words."""
