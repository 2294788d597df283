"""What is done for a patron: lending, renewing, registering, and what goes by hand."""
