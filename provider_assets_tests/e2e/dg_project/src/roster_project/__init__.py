"""A `dg` project as somebody else has it, for the tests of the component."""
