"""SirsiDynix Symphony: the log of its offline mode, which goes into a file (kiosk.ils.files).

settings   what it has to be told
checks     what can be wrong with the settings
log        the log, without I/O

Live, and offline as another way, Symphony is reached by SIP2 (kiosk.ils.sip2).
"""
