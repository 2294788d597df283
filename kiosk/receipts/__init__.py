"""What receipts and other printed papers say. `layout.lay_out` lays out any of them."""
