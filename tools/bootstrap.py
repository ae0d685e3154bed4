"""Start a module on a Python that is new enough, or say in one sentence that there is none: `python bootstrap.py MODULE [ARGUMENT...]`."""
# The one file that must run on every Python since 2.7: no annotations, no f-strings, no pathlib.

import os
import subprocess
import sys

NEEDED = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
PROBE = "import sys, venv, ensurepip; sys.exit(sys.version_info < (%d, %d))" % NEEDED  # noqa: UP031  # f-strings are too new here


def usable(python):  # noqa: ANN001, ANN201  # annotations are too new here
    """Whether this Python is new enough and can make virtual environments."""
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # pathlib is too new here
            return subprocess.call([python, "-c", PROBE], stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def main():  # noqa: ANN201  # annotations are too new here
    """Become a usable Python that runs the module given."""
    for python in (sys.executable,) + NEWER:  # noqa: RUF005  # unpacking is too new here
        if python and usable(python):
            os.execvp(python, [python, "-m"] + sys.argv[1:])  # noqa: S606, RUF005  # replaces this process; see above
    have = "Python %d.%d at %s" % (sys.version_info[0], sys.version_info[1], sys.executable)  # noqa: UP031  # f-strings are too new here
    sys.stderr.write(
        "groundplan: needs Python %d.%d or newer with its venv module, found %s; install one (on Debian: apt install python3 python3-venv), "  # noqa: UP031  # f-strings are too new here
        "or name it: make up PYTHON=/path/to/python3\n" % (NEEDED[0], NEEDED[1], have)
    )
    sys.exit(1)


if __name__ == "__main__":
    main()
