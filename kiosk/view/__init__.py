"""What a desk looks like from outside (`AppState`), what can be done to it (intents), the link."""
