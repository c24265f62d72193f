"""Realistic SONATA circuits of any size, for trying things out, for tests and for measuring."""
