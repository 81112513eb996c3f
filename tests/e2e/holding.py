"""What somebody else holds in a PostgreSQL."""
import subprocess

from harness import hang_s, read_until


class Holding:
    """A statement in an open transaction of somebody else's, until `release`."""

    def __init__(self, story, address, statement):
        self.psql = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-d", address], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)
        story.addCleanup(self.release)
        self.psql.stdin.write(f"BEGIN;\n{statement};\n\\echo held\n")
        self.psql.stdin.flush()
        read_until(self.psql, "held")  # after the output of the statement

    def release(self):
        if self.psql.poll() is None:
            self.psql.communicate("ROLLBACK;\n", timeout=hang_s())
