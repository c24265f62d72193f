"""What waits for a person's yes, who said it, and to what."""
