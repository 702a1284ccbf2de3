"""The bugs, by the part of the platform that they are planted in. Names are sentences that say what is wrong."""

from typing import Final

from tests.mutants.mutant import Mutant
from tests.mutants.planted.access import ACCESS
from tests.mutants.planted.bulk import BULK
from tests.mutants.planted.chains import CHAINS
from tests.mutants.planted.clients import CLIENTS
from tests.mutants.planted.deliveries import DELIVERIES
from tests.mutants.planted.delivery import DELIVERY
from tests.mutants.planted.event_holds import EVENT_HOLDS
from tests.mutants.planted.event_proof import EVENT_PROOF
from tests.mutants.planted.execution import EXECUTION
from tests.mutants.planted.explain import EXPLAIN
from tests.mutants.planted.filters import FILTERS
from tests.mutants.planted.flow import FLOW
from tests.mutants.planted.frontend import FRONTEND
from tests.mutants.planted.gates import GATES
from tests.mutants.planted.http import HTTP
from tests.mutants.planted.lambdas import LAMBDAS
from tests.mutants.planted.memory import MEMORY
from tests.mutants.planted.minibox import MINIBOX
from tests.mutants.planted.operations import OPERATIONS
from tests.mutants.planted.peers import PEERS
from tests.mutants.planted.periodic import PERIODIC
from tests.mutants.planted.postgres import POSTGRES
from tests.mutants.planted.push import PUSH
from tests.mutants.planted.quotas import QUOTAS
from tests.mutants.planted.replays import REPLAYS
from tests.mutants.planted.rules import RULES
from tests.mutants.planted.scheduler import SCHEDULER
from tests.mutants.planted.schema_languages import SCHEMA_LANGUAGES
from tests.mutants.planted.schemas import SCHEMAS
from tests.mutants.planted.schemas_of_streams import SCHEMAS_OF_STREAMS
from tests.mutants.planted.set_aside import SET_ASIDE
from tests.mutants.planted.shared_ranges import SHARED_RANGES
from tests.mutants.planted.sources import SOURCES
from tests.mutants.planted.streams import STREAMS
from tests.mutants.planted.supervision import SUPERVISION

MUTANTS: Final[tuple[Mutant, ...]] = (
    *POSTGRES,  # the slow ones first
    *GATES,
    *RULES,
    *EXPLAIN,
    *BULK,
    *MEMORY,
    *FRONTEND,
    *SCHEDULER,
    *SCHEMAS_OF_STREAMS,
    *PERIODIC,
    *FLOW,
    *DELIVERY,
    *EXECUTION,
    *SUPERVISION,
    *CLIENTS,
    *ACCESS,
    *QUOTAS,
    *PEERS,
    *CHAINS,
    *STREAMS,
    *SCHEMAS,
    *EVENT_HOLDS,
    *SET_ASIDE,
    *LAMBDAS,
    *DELIVERIES,
    *MINIBOX,
    *SOURCES,
    *OPERATIONS,
    *EVENT_PROOF,
    *REPLAYS,
    *SHARED_RANGES,
    *FILTERS,
    *HTTP,
    *SCHEMA_LANGUAGES,
    *PUSH,
)
