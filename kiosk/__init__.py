"""Daybook: an offline-first circulation kiosk for libraries."""

__version__ = "0.1.0"
