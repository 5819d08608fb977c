"""What a person said of frames of the field, and what may be believed of it. Knows no files and no product.

A *session* is one annotator's way through one queue. Its folder, made by ``detection review open``:

``session.json``
    A :class:`~detection.rules.field.review.session.Session`: never changed once it is written.
``reference.json``
    :class:`~detection.rules.field.review.session.References`: what an expert said of the verified frames mixed in.
``frames/``
    The frames, one file each, named by their SHA-256.
``db/``
    The review tool's database, nobody else's.
``answers.json``
    :class:`~detection.rules.field.review.session.Answers`: what the reviewer decided and drew so far.
``closed.json``, ``frames.parquet``, ``labels.parquet``, ``assignments.parquet``, ``ledger.parquet``
    What was brought home; written once, by ``detection review close``.

Frames of the reason ``control`` are reviewed blind, and so are the expert's frames, which look the same: the annotator
is believed because of them.
"""
