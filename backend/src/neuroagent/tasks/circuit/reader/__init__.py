"""Strangers' files are unpacked and parsed in a process of their own, which may die of them."""
