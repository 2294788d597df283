"""Run the fake Koha: `python -m support.fake_koha`, in the folder `tests`."""

from support.fake_web.run import run

from .system import Koha

run("A fake Koha.", Koha)
