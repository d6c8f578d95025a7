# attack: prints more than it may before anything is asked
# door: call
# verdict: output_limit
while True:
    print("x" * 1000)
