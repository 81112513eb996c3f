"""python3 -m quiniela"""
from .command import run

if __name__ == "__main__":
    run()
