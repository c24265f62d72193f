"""The Model Context Protocol, in both directions: our tools for others, and others' tools for our conversations."""
