# attack: raises what only the interpreter catches
# door: call
# verdict: runtime_error
raise SystemExit(0)
