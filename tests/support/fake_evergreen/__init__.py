"""An Evergreen that lies, as its own process: a second opinion on the kiosk.

Written from what its servers do, without the kiosk's code. What it really carried out is in its
ledger, with the line of the upload that asked for it.

    events.py       the codes in which it speaks
    world.py        accounts, patrons, items, upload sessions, and the ledger; the usual rules
    dates.py        how it reads a date, and misreads one
    circulation.py  what becomes of one line
    offline.py      /cgi-bin/offline/offline.pl: upload sessions, and processing them
    gateway.py      /osrf-gateway-v1: logging in, the clock, workstations, reference data
    blocklist.py    /standalone/list.txt
    system.py       which call goes where; what else can go wrong; the commands of a test
    client.py       for tests: starts the process and talks to it
"""
