"""Django's SQLite, with a fair beginning for writers."""
