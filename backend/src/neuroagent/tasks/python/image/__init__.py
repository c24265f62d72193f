"""Builds what the sandbox runs: an interpreter, its packages and a memory to start from, in one folder."""
