"""`python -m pipeline` is `shouwen`."""

from pipeline.commands import main

if __name__ == "__main__":
    main()
