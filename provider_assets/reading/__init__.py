"""A delivered file becomes a frame of providers: `roster` asks a process of its own for it.

What runs in that process is `child`; where files come from and go to is `mailbox`.
"""
