"""Receipt printers: what a receipt is made of, and the printers that draw it."""
