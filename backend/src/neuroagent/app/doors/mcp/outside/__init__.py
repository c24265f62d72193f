"""Others' MCP servers as a source of tools: named in a file, watched, and trusted with nothing."""
