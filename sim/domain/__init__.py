"""What an organization is: vocabulary, records, rules and outcomes. No files, no compiler, no clock, no luck."""
