"""The page that a board reads: words, pictures and tables made from a study, and nothing computed anew."""
