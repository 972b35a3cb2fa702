"""What runs in the reader's own process, one file in, rows and a report out; begin at `worker`.

No module outside imports this room, but `nursery_process`, the process before it has a file.
"""
