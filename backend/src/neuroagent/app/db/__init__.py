"""The database: SQLite beside the data by default, PostgreSQL by URL."""
