"""The engine: wires desk, daybook, delivery and drivers, and owns the tasks."""

from kiosk.engine.engine import Engine
from kiosk.engine.recording import EngineError

__all__ = ["Engine", "EngineError"]
