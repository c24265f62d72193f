"""People's circuits: registered by upload, by link or by a provider, described, asked, and deleted with their bytes."""
