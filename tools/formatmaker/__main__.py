"""`python -m tools.formatmaker`."""

import sys

from tools.formatmaker import main

if __name__ == "__main__":
    sys.exit(main())
