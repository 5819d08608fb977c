"""A field that can be simulated for months: real telemetry of rendered scenes, put together anew minute by minute."""
