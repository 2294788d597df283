"""Evergreen, in layers, each of which knows those above it.

settings   where it is, and who the kiosk is there
checks     what can be wrong with the settings
events     what its servers call an event: how they say yes and no
lines      transactions as lines of an upload, without I/O
results    what the exceptions of a processed session mean, without I/O
sessions   upload sessions as the server tells of them, without I/O
forms      one form sent, and what comes back
gateway    the login and the clock (OpenSRF's HTTP gateway)
offline    the program that takes uploads (offline.pl)
meeting    the session in which the desks meet
processing having a session processed, once
library    all of it, behind the faces that delivery knows
"""
