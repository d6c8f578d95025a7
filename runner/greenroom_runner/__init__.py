"""The runner: takes one answer and one grader, returns a stream of events. Knows no database and no web."""
