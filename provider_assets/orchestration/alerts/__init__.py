"""Who is told: the sentences, the sensors that send them, the counts for a monitor."""
