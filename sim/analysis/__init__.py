"""What many runs mean: pure functions from tables to tables and pictures; nothing is run here."""
