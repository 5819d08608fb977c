"""The registry for people: what is live and why, how to go back, what there is, what went wrong."""
