"""The chat model behind one seam: what it is asked, what it says, and the built-in one that needs no network."""
