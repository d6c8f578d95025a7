"""The parts of `greenroom bench`: a site of its own, the same checks as plain pytest, figures."""
