"""Where rosters arrive and how each is taken in: the drop folder, names, hashes, the archive."""
