"""The database: SQLAlchemy over SQLite or PostgreSQL. Nobody else sees a table."""
