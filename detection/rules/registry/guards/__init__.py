"""May this order be carried out, may this approval be kept? All reasons together, or what to change. Pure.

What must hold is the spec's matter (``governance``), who may act that of ``specs/people.yaml``, where that of
``specs/slots/``; what is there is told by the registry inside the transaction that will change it. Nothing that was
signed is believed before its signature was checked, here, again.
"""

from detection.rules.registry.guards.approving import approval_refusals
from detection.rules.registry.guards.judging import judged

__all__ = ["approval_refusals", "judged"]
