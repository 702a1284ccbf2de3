"""The schema languages: Avro, JSON Schema and Protobuf. Pure: nothing is fetched, stored or kept."""
