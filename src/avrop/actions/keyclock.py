"""What time does to keys: what was replaced comes into use, what is over is destroyed, what changed is published."""

from avrop.actions import keys, peerkeys, publishedkeys, sealingkeys
from avrop.system import System


def tick(system: System) -> None:
    """Do all of it, and every five minutes read what the peers publish. Only an installation that serves publishes."""
    keys.settle(system)
    sealingkeys.destroy_due(system)
    if system.settings.serve is not None:
        publishedkeys.publish(system)
        peerkeys.refresh_due(system)
