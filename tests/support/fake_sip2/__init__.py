"""A library system that speaks SIP2 and lies, as its own process: a second opinion on the kiosk.

Written from what real servers do. It knows nothing of the kiosk's code nor of any SIP2 package: its
process is started with Python's own library alone. What it really carried out is in its ledger.

    wire.py      messages, checksums, and how each server writes them (`Layout`)
    world.py     patrons, items, loans and the ledger, in a file that survives a kill
    answers.py   what the library says and does (`Rules`)
    faults.py    what can go wrong on the way
    server.py    connections, and the control channel through which a test switches all that
    client.py    for tests: starts the process and talks to it
"""
