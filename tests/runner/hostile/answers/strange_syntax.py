# attack: an error of syntax whose place is no place
# door: call
# verdict: runtime_error
problem = SyntaxError("x" * 100_000)
problem.filename = __file__
problem.lineno = -(10**300)
raise problem
