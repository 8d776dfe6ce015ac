"""Does the model do what is known? Stylised facts, invariants and analytic limits, run and scored."""
