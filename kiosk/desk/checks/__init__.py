"""What is looked at before anything is taken: the number, the card, the function."""
