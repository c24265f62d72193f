"""Everything between a tool and the workers: the app's only door to them."""
