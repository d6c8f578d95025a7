"""Real services beside the answer, a module each: they run in the candidate's sandbox, as processes
that the answer can use and not read.

A service's module is imported when a question asks for it, and its libraries with it: they are the
sandbox's, and the harness itself needs the standard library alone.
"""
