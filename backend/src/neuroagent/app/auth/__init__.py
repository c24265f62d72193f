"""Who is asking, what they may, and how often."""
