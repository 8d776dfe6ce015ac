"""How fast the product is, what it costs as it grows, and a guard that it stays so (docs/performance.md)."""
