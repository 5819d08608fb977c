"""Review queues on our disk: from the samples of devices to a folder of frames that a person shall look at.

What a queue is stands in :mod:`detection.rules.field.queue`; :func:`~detection.outside.queues.folder.read_queue` reads
one, checked to the last byte.
"""
