"""What do we show, and in which words? Stage outputs in, a page's blocks out; no HTML, no file."""
