"""Who is on duty: names, badges, PINs, and the desk session."""
