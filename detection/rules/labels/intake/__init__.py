"""What arrives, from where, under which right: images and answers on their way into the tables."""
