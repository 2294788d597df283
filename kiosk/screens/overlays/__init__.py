"""What lies over the screens: one module and one `.kv` for each panel."""
