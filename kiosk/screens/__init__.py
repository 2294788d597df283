"""The Kivy client: it draws the AppState and sends intents. It knows no rules."""
