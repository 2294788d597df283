"""The block list on the disk: cards not to lend to, found in microseconds among millions.

`file` is the built list, `build` makes it, `formats` reads the lists that libraries give out,
`sources` finds them, `refresh` is the whole way from source to built list, `child` does that in a
process of its own, and `keeper` starts it when it is time.
"""
