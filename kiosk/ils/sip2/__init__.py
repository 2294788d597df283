"""SIP2, in layers, each of which knows those above it.

settings   what it has to be told
servers    what is known of each library system's server
checks     what can be wrong with the settings
wire       bytes, without I/O
tls, line  one connection
talk       asking and telling: what may be sent twice
requests   what is said
replies    what the replies mean
library    all of it, behind the face that delivery knows
"""
