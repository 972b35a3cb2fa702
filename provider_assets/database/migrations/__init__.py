"""Migrations of the history tables, for alembic."""
