# attack: replies with an error whose type fills a frame to the last byte
# door: probe
# verdict: runtime_error
from greenroom_runner.harness import doors


def described(problem, kind, folder):
    error = {"kind": "raised", "message": "", "mro": [], "frames": [], "outer_frames": 0}
    return {**error, "type": "x" * (4 * 1024 * 1024 - 130)}


doors.describe = described


class Shelf:
    pass
