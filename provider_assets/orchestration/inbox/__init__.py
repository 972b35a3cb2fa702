"""What comes in: which file of the drop folder is started, waits, or goes where."""
