"""The demo library system and simulated devices, to try everything without hardware."""
