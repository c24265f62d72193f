"""A person's sessions: what is kept of them, and how to be rid of it."""
