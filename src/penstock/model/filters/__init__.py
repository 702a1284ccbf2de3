"""Which events a subscription wants, said in the dialects of the CloudEvents Subscriptions API: exact, prefix, suffix,
all, any, not, and sql, the CloudEvents SQL expression language (CESQL) 1.0. Pure: all of it looks at attributes only.
"""
