"""Every attack, by what it goes for."""

from attacks.catalogue import (
    answers,
    channel,
    comparisons,
    damaging,
    earlier,
    forged,
    leaking,
    notebooks,
    pages,
    patching,
    starving,
    the_test,
)

ATTACKS = tuple(
    attack
    for module in (
        comparisons,
        patching,
        the_test,
        answers,
        notebooks,
        earlier,
        forged,
        channel,
        leaking,
        damaging,
        starving,
        pages,
    )
    for attack in module.ATTACKS
)
