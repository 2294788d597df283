"""Durable memory: TinyDB on a crash-safe journal."""
