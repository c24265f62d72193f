"""The process people talk to: it owns the conversation and the database."""
