"""The question bank: from folders on disk to versions in the database."""
