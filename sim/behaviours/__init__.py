"""What happens in a day: compiled pure functions on records, one file per submodel, and luck."""
