"""What `provider-assets` offers, a module for each matter: parse, call, print.

Results go to stdout, messages to stderr. What a command does is in the other rooms; they are
imported inside the commands, so that `--help` answers at once.
"""
