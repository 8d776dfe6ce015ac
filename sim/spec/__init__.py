"""From TOML to validated objects to records: scenarios, relationship types, interventions."""
