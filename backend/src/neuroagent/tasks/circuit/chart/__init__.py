"""A picture of an answer, as a plotly figure in JSON, where the shape of the answer suggests one."""
