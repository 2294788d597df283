"""The engine: wires desk, daybook, delivery and drivers, and owns the tasks."""

from kiosk.engine.engine import Engine
from kiosk.engine.recording import EngineError
from kiosk.engine.settings import EngineEnds

__all__ = ["Engine", "EngineEnds", "EngineError"]
