"""The app in this process, as for its own tests."""

from app.conftest import client

__all__ = ["client"]
