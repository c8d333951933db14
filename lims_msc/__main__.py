"""``python -m lims_msc``: the command line."""

from lims_msc.cli import main

if __name__ == "__main__":
    main()
