"""A self-hosted chat backend whose tools do real work on a fleet of workers."""

__version__ = "0.1.0"
