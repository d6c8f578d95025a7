"""Submissions and their judgements: what was handed in, and what came of it."""
