"""What the device remembers: histograms and counters per camera and minute."""
