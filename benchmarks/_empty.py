"""The smallest Kivy application, to measure the screen beside it."""

from __future__ import annotations

import os

os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_NO_CONSOLELOG="1")

from kivy.config import Config

Config.set("graphics", "width", 1024)
Config.set("graphics", "height", 600)

from kivy.app import App
from kivy.core.window import Window
from kivy.uix.label import Label


class Empty(App):
    """One label."""

    def build(self) -> Label:
        """Make it, and say when it is on the screen."""
        Window.bind(on_flip=self.flipped)
        return Label(text="empty")

    def flipped(self, *_: object) -> None:
        """Say so once."""
        os.write(2, b"first frame\n")
        Window.unbind(on_flip=self.flipped)


if __name__ == "__main__":
    Empty().run()
