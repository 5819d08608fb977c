"""Is this bundle the one that was judged?"""
