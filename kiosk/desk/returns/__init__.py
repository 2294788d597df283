"""What comes back: checkin, and the cart."""
