"""A conversation shown to whoever has its link, as it was when it was shared."""
