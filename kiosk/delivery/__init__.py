"""What to send when: connectivity, order, retry, asking, outcomes."""
