"""Settings that both processes must read alike; imports pydantic and nothing else."""
