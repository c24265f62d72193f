"""A conversation taken along: as Markdown, as JSON, as a Jupyter notebook."""
