"""Web pages: the floor, worlds side by side, studies, one's own firm, a class."""
