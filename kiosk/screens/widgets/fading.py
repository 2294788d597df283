"""How what scrolls fades at the edge beyond which it goes on."""

from __future__ import annotations

from functools import cache

from kivy.graphics.texture import Texture

STEPS = 32


@cache
def fading() -> Texture:
    """Give a white that is whole below, and gone above."""
    texture = Texture.create(size=(1, STEPS), colorfmt="rgba")
    shades = (255 - 255 * step // (STEPS - 1) for step in range(STEPS))
    texture.blit_buffer(
        b"".join(bytes((255, 255, 255, shade)) for shade in shades), colorfmt="rgba"
    )
    return texture
