"""What people would use instead, each a whole process: `python PEER.py ROSTER DATABASE_URL`.

Each reads the roster, leaves out the rows without a full name and then the later rows of an NPI,
and fills `providerinfo`, so that all tables hold the same rows. They run in a virtualenv of their
own (`requirements-peers.txt`): nothing here imports anything of the project.
"""
