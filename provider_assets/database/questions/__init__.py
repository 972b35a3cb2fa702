"""What the database is asked, and nothing written: whose a row is, what it holds, what is wrong."""
