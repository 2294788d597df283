"""A Koha that lies, as its own process: a second opinion on the kiosk.

Written from what its servers do, without the kiosk's code. It also speaks SIP2, as Koha does, over
the same patrons, items and loans: that part is support.fake_sip2. What was really carried out, by
either way, is in one ledger.

    world.py        accounts, logins, the queue of pending operations; the rules of each version
    circulation.py  what Koha does with an offline operation, and says of it
    service.py      svc/authentication, and offline_circ/service.pl: one operation a call
    plugin.py       ByWater's companion plugin: many operations a call; OAuth; the patron extract
    koc.py          how a .koc file gets into the queue
    system.py       which call goes where; what else can go wrong; the commands of a test
    client.py       for tests: starts the process and talks to it
"""
