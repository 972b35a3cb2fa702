"""One module for each revision of the history tables."""
