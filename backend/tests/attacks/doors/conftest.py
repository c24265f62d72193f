"""What tests of hostile callers may ask for."""

from app.conftest import client

__all__ = ["client"]
