"""The conversation: threads, their messages, and the runs that answer them."""
