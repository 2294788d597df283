"""What is mended afterwards: undo, looking back, from paper."""
