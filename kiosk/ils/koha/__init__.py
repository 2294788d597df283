"""Koha's own ways in for what has happened at a desk, in layers, each of which knows those above.

settings     what it has to be told
checks       what can be wrong with that
operations   what is said, without I/O
results      what the answers mean, without I/O
rest         Koha's REST interface: logging in, and the plugin's call
service      offline_circ/service.pl: one request each; how it lets one in, of two generations
compared     the due date on the receipt with Koha's own
plugin       batches, by the companion plugin (`kiosk.ils.batches.BatchLibrary`)
direct       one transaction at a time, by the service, with SIP2 (`kiosk.ils.base.Library`)
alone        by the service alone, or into Koha's queue for staff (`kiosk.ils.batches.BatchLibrary`)
library      which of the three it is

What is known of Koha here, and by which of its versions, is said where it counts. All of them take
what has already happened: none says a due date back, and Koha reckons that by its own rules.
"""
