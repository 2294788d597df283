"""Readers of the files that Daybook writes, made of what is known of each format, and nothing else.

They import nothing of kiosk: what they understand is what others would.
"""
