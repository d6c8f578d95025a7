# attack: leaves files wherever they may be for the next judgement, and looks for those of the one before
import os
import tempfile

from greenroom_runner.harness.grading import check

PLACES = ("/tmp", "/dev/shm", "/dev/mqueue", "/run", "/var/tmp", "/opt/greenroom", tempfile.gettempdir(), os.getcwd())


@check("Nothing of an earlier judgement is there", visible=True)
def nothing() -> None:
    found = [place for place in PLACES if os.path.exists(f"{place}/left")]
    others = [name for name in os.listdir("/tmp") if f"/tmp/{name}" != os.getcwd()]
    kept = []
    for place in PLACES:
        try:
            os.makedirs(f"{place}/left/" + "deep/" * 50)
            with open(f"{place}/left/file", "w") as file:
                file.write("kept")
            os.chmod(f"{place}/left", 0)
            kept.append(place)
        except OSError:
            pass
    assert os.getcwd() in kept
    assert (found, others) == ([], [])
