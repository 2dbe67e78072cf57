"""A small newsroom on loopback, with mail and Slack sinks, to see the service work with no network and no accounts."""
