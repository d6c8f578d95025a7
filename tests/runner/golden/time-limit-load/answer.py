print("loading")
while True:
    pass
