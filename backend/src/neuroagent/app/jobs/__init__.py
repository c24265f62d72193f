"""Tasks over HTTP: submit one by its contract's name, ask how it goes."""
