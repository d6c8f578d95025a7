# attack: takes memory until there is none, at import
# door: call
# verdict: memory_limit
kept = []
while True:
    kept.append(bytearray(b"x" * 10_000_000))
