"""How the database is opened and read: connection, pages, locks, files, worker process, private copy."""
