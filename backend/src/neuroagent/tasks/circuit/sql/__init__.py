"""A question's SQL, which anybody may have written: held to a list, run in a locked engine, in a child that dies."""
