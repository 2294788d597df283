"""What happens at a circulation desk. Pure: no I/O, no clock, no thread."""
