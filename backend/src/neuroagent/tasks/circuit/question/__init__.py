"""Questions in plain words: read by a grammar without a token where it can, by a model where it can't."""
