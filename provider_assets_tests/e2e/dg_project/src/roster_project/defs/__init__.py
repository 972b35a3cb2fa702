"""Where `dg scaffold defs` puts what it makes."""
