"""The staff of a desk: their names, roles, badges and PINs, in a file of their own."""
