"""A frame becomes something that a person opens: workbooks, pages, pictures.

No row is judged here and no table is asked: what happened comes in as a `RosterOutcome` and its
frames. Nothing here reads a roster.
"""
