"""The database: the one room that knows SQL."""
