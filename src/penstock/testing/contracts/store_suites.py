"""One suite for each role of a store. The ideas stand in the modules of this package, by topic."""

from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.suite import Suite
from penstock.testing.contracts.under_test import StoreUnderTest

StoreSuite = Suite[StoreUnderTest, Scene]

ADMISSION: StoreSuite = Suite("admission", Scene.of)
DUE_WORK: StoreSuite = Suite("due work", Scene.of)
TRANSITIONS: StoreSuite = Suite("transitions", Scene.of)
RESULTS: StoreSuite = Suite("results", Scene.of)
REGISTRY: StoreSuite = Suite("registry", Scene.of)
MEMBERSHIP: StoreSuite = Suite("membership", Scene.of)
SWEEPS: StoreSuite = Suite("sweeps", Scene.of)
CLOCK: StoreSuite = Suite("clock", Scene.of)
SCHEDULES: StoreSuite = Suite("periodic schedules", Scene.of)
TICKS: StoreSuite = Suite("ticks", Scene.of)
ACCESS_TOKENS: StoreSuite = Suite("access tokens", Scene.of)
GATES: StoreSuite = Suite("gates", Scene.of)
LANE_COUNTS: StoreSuite = Suite("lane counts", Scene.of)
QUOTAS: StoreSuite = Suite("quotas", Scene.of)
CHAINS: StoreSuite = Suite("chains", Scene.of)
JOURNAL: StoreSuite = Suite("journal", Scene.of)
STREAMS: StoreSuite = Suite("streams", Scene.of)
DELIVERIES: StoreSuite = Suite("deliveries", Scene.of)
SUBSCRIPTIONS: StoreSuite = Suite("subscriptions", Scene.of)
CURSORS: StoreSuite = Suite("cursors", Scene.of)
REPLAYS: StoreSuite = Suite("replays", Scene.of)
REFRESHES: StoreSuite = Suite("refreshes", Scene.of)
EVENT_HOLDS: StoreSuite = Suite("event holds", Scene.of)
SCHEMAS: StoreSuite = Suite("schemas", Scene.of)
ENDPOINTS: StoreSuite = Suite("endpoints", Scene.of)
FILTER_FAILURES: StoreSuite = Suite("filter failures", Scene.of)
