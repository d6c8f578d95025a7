"""A person's continuing work on a question: attempts, drafts, explanations."""
