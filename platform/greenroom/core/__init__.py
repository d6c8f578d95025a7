"""What every room stands on: configuration, database, messages, clock. Knows no product."""
