"""The database: the application's table, the one transaction, and the history of imports.

Nothing here reads the environment, knows Dagster or reads a roster's file.
"""

from provider_assets.database.engine import Database, DatabaseAddress, open_database

__all__ = ["Database", "DatabaseAddress", "open_database"]
