"""The suites ship with the package; here their assertions explain themselves, and every test's database is migrated."""

import pytest

from penstock.adapters.embedded import EmbeddedEngines
from penstock.adapters.postgres import migrate
from penstock.testing.engines import run_apart

pytest.register_assert_rewrite("penstock.testing.contracts")


@pytest.fixture(scope="session")
def template_database(template_database: str, engines: EmbeddedEngines) -> str:
    """Migrated once: a copy costs less than the migrations."""
    run_apart(migrate(engines.database_dsn(template_database)))
    return template_database
