"""Run the fake Evergreen: `python -m support.fake_evergreen`, in the folder `tests`."""

from support.fake_web.run import run

from .system import Evergreen

run("A fake Evergreen.", Evergreen)
