"""What a provider is and which rows may pass.

Pure: no file, no server, no Dagster; pandas only as a value type.
"""
