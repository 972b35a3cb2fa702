"""A frame becomes something that a person opens: workbooks, pages, pictures."""
