"""What tests of the doors may ask for."""

from app.chat.conftest import hand, opened

__all__ = ["hand", "opened"]
