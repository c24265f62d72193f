"""A thread's files: what a person has put there, and what its tools made."""
