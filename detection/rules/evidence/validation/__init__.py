"""What an independent validator needs: the release told as data, limits, results, failures and open findings."""
