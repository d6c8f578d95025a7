"""`greenroom serve`: the processes of a site, started together and ended together."""
