"""What only staff can say: questions, forms, lists to choose from."""
