"""What every room stands on: configuration, database, messages, clock. Knows nothing of the product."""
