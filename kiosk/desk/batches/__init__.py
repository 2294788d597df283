"""What goes to the library system in batches, as staff see it: upload sessions, and files."""
