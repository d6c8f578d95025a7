"""Open suites beside an answer. Imported where a job brings one: this needs pytest."""
