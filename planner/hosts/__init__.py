"""Other systems that are told of a result: pull-request comments and webhooks. The only network of the gate."""
