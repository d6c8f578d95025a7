"""What every page and every API route needs. Knows no room."""
