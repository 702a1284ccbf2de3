-- One declaration at a time: two that are made at once could close a ring that neither of them sees.
lock table penstock.subscription in share row exclusive mode
