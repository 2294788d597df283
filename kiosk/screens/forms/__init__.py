"""How a form is filled in: what is typed, with what, and how far it has come."""
