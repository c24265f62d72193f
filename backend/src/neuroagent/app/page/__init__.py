"""The chat page: built from `frontend/`, served as files."""
