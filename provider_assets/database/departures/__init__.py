"""Who left: whom a load, or a person's word, takes out of the table, and whom it spares."""
