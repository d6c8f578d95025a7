"""The suites of scenarios are data: they run beside an answer, not here."""

collect_ignore_glob = ["*/suite/*"]
