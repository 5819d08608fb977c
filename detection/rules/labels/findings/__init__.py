"""What is wrong with frames and labels, and what there is too little of."""
