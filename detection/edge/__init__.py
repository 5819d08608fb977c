"""What boards the device: numpy, OpenCV, an engine. Nothing of the trainer, ever; Python 3.10 and on."""
