"""What should be done about what the field shows: keep, investigate, sample, propose retraining, or roll back?

Pure: the moment of a decision is the moment up to which its evidence reaches, never the clock's; what was decided
before is an argument. So a stored decision can be taken again from its inputs, with the same answer.

Retraining is only ever proposed: a person says yes, the pipeline trains, the gate and ``detection compare`` judge. The
one thing that may happen by itself is going back to the version that was live before, and only as far as that was
authorised when its successor was promoted.
"""
