"""Provider rosters from hospitals, clean, in an application's MySQL table, with Dagster.

Nothing is imported here: the reader's child process and `provider-assets --help` stay quick.
"""

__version__ = "0.2.0.dev0"
