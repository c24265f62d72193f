"""The whole system on one machine: starts processes, imports neither side and nothing beyond the standard library."""
