"""The doors that other programs know already: the OpenAI API, and the Model Context Protocol in both directions."""
