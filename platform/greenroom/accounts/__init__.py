"""People, organizations, roles, tokens and login sessions."""
