"""The system family's worker side."""
