"""What happens after release: is the world still the one that was validated?"""
