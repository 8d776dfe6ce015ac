"""The Mesa face: an organization of marketers, reps and liaisons whose steps are the same behaviours."""
