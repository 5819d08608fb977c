"""How good a variant is: average precision, shares where we cut, false detections where nothing is."""
