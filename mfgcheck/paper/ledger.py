"""The ledger: all claims, in the order of the paper."""

from __future__ import annotations

from mfgcheck.errors import BadInput
from mfgcheck.paper.claim import Claim
from mfgcheck.paper.claims import appendix, section_2, section_3, section_4, section_5

CLAIMS: tuple[Claim, ...] = (
    *section_2.CLAIMS,
    *section_3.CLAIMS,
    *section_4.CLAIMS,
    *section_5.CLAIMS,
    *appendix.CLAIMS,
)


def find(name: str) -> Claim:
    """Return the claim with this id.

    Raises:
        BadInput: there is none; the message names those that are like it.

    >>> find("theorem-2").item
    'Theorem 2'
    """
    from mfgcheck.game.maker import close

    known = {claim.id: claim for claim in CLAIMS}
    if name not in known:
        like = close(name, list(known))
        raise BadInput(
            f"the ledger has no claim {name!r}{like or ': `mfgcheck audit` lists them all'}"
        )
    return known[name]
