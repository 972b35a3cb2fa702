"""A delivered file becomes a frame of providers: intake, kinds, sandbox, the table in the sheet."""
