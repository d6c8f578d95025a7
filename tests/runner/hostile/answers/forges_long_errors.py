# attack: replies with an error whose type fills a frame to the last byte
# door: probe
# verdict: runtime_error
from greenroom_runner.harness import doors


def described(problem, kind, folder):
    error = {"kind": "raised", "module": "", "message": "", "mro": [], "frames": []}
    return {**error, "outer_frames": 0, "type": "x" * (4 * 1024 * 1024 - 143)}


doors.describe = described


class Shelf:
    pass
