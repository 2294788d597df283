"""Barcode scanners: bytes from a device become scans."""
