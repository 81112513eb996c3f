"""The program at another commit, built beside the working tree's."""

import argparse
import os
import shutil
import subprocess

from processes import run, say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def commit(text):
    """A type: what git knows as a commit, as its full name."""
    done = subprocess.run(['git', '-C', ROOT, 'rev-parse', '--verify', '--quiet', '--end-of-options', text + '^{commit}'],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if done.returncode != 0:
        raise argparse.ArgumentTypeError(f'{text!r} is not a commit')
    return done.stdout.strip()


def at_commit(name):
    """Builds the commit of that full name in build/compare, where it stays. The program's path."""
    there = os.path.join(ROOT, 'build', 'compare', name)
    program = os.path.join(there, 'build', 'release', 'quiniela')
    if not os.path.exists(program):
        say(f'building {name[:10]}')
        shutil.rmtree(there, ignore_errors=True)
        os.makedirs(there)
        archive = subprocess.run(['git', '-C', ROOT, 'archive', name], stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(['tar', '-x', '-C', there], input=archive, check=True)
        run(os.path.join(there, 'script', 'build'), 'release')
    return program
