"""What several tests share: simulators and demo systems that run beside the kiosk."""
