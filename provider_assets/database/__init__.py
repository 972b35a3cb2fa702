"""The application's table and its history: engine, staging, the one transaction, trace, undo."""
