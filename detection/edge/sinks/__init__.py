"""Where answers go. A slow sink has a bounded queue and a thread of its own, and counts what it had to give up."""
