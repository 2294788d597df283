"""What needs a person: settled while the patron stands at the desk, or the morning after."""
