"""`python -m tools.formats`."""

import sys

from tools.formats import main

if __name__ == "__main__":
    sys.exit(main())
