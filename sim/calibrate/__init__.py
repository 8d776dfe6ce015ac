"""From a CRM export to a scenario: read the file, then compute the facts that set its market and funnel."""
