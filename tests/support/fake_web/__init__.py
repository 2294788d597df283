"""What the library systems that lie over HTTP share. It knows nothing of the kiosk, nor of them.

Like them, it is run with Python's own library alone.

    http.py      requests and replies, byte by byte
    faults.py    what can go wrong with a call, and when
    store.py     a world that survives a kill
    zones.py     where a server is
    server.py    connections, and the control channel through which a test switches all that
    client.py    for tests: starts such a process and talks to it
    run.py       what `python -m support.fake_…` does
"""
