"""Host side of judging: containers, pool, relay. Knows no database, no web and no person."""
