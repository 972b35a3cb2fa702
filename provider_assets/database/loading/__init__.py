"""A roster's rows reach the table: staged, planned, loaded in the one transaction."""
