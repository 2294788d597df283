"""Drivers for scanners and receipt printers. They know nothing of libraries."""
