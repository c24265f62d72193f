"""The python family's worker side: interpreters that stand by, sessions that move between them, and the task."""
