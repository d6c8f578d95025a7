def report(names):
    print("reporting \x1b[31mloudly\x1b[0m \x00 \ud800")
    return {"title": "People", "names": sorted(names, reverse=True), "note": "line one\nline two"}
