"""What a frontend process is made of."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from penstock.compose.background import crew, forget, quietly
from penstock.compose.engines import member_id, open_engines
from penstock.compose.read_sources import read_sources
from penstock.compose.schemas import SchemaDesks, parameter_schemas, schema_desks
from penstock.flow.attendance import AttendanceBook
from penstock.flow.children import teller
from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.flow.gauges import Gauges
from penstock.flow.quota_book import QuotaBook
from penstock.flow.schedule_quotas import MeteredSchedules
from penstock.flow.stream_schema_book import StreamSchemaBook
from penstock.frontend.admission_control import AdmissionControl
from penstock.frontend.admission_pump import AdmissionPump, PumpLimits
from penstock.frontend.announcer import Announcer
from penstock.frontend.cancel import CancelDesk
from penstock.frontend.cursor_orders import CursorOrderDesk
from penstock.frontend.cursors import CursorDesk
from penstock.frontend.endpoints import EndpointDesk
from penstock.frontend.event_schemas import EventSchemas
from penstock.frontend.explain import ExplainDesk
from penstock.frontend.gates import GateDesk
from penstock.frontend.inquiry import InquiryDesk
from penstock.frontend.journal_pump import JournalPump
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.letters import LetterDesk
from penstock.frontend.periodic import PeriodicDesk
from penstock.frontend.ping import JournalPings, PingDesk
from penstock.frontend.publish import PublishDesk
from penstock.frontend.quotas import QuotaDesk
from penstock.frontend.readings import ReadingDesk
from penstock.frontend.refresh import RefreshDesk
from penstock.frontend.register import RegisterDesk
from penstock.frontend.replay import ReplayDesk
from penstock.frontend.retry import RetryDesk
from penstock.frontend.schedule import ScheduleDesk
from penstock.frontend.selection import PreviewDesk
from penstock.frontend.signatures import SignatureDesk
from penstock.frontend.stream_book import StreamBook
from penstock.frontend.stream_schemas import StreamSchemaDesk
from penstock.frontend.streams import StreamDesk
from penstock.frontend.subscribe import SubscribeDesk
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.frontend.sweeps import SweepDesk
from penstock.frontend.tokens import TokenDesk
from penstock.frontend.tree import TreeDesk
from penstock.frontend.verify import VerifyDesk
from penstock.frontend.waiting_room import WaitingRoom
from penstock.model.errors import PenstockError
from penstock.ports.access_tokens import AccessTokens
from penstock.ports.clock import StoreClock
from penstock.ports.membership import Member, Membership
from penstock.settings import Settings, push_networks
from penstock.source_settings import stream_of

log = logging.getLogger(__name__)

TOKEN_BYTES: Final = 16
COMPARE_EVERY_S: Final = 5.0


@dataclass(frozen=True)
class FrontendDesks:
    """Layer 1, ready to be called."""

    schedule: ScheduleDesk
    register: RegisterDesk
    signatures: SignatureDesk
    inquiry: InquiryDesk
    explain: ExplainDesk
    cancel: CancelDesk
    retry: RetryDesk
    letters: LetterDesk
    sweeps: SweepDesk
    periodic: PeriodicDesk
    gates: GateDesk
    waiting: WaitingRoom
    clock: StoreClock
    roster: "Roster"
    tokens: TokenDesk
    access_tokens: AccessTokens
    quotas: QuotaDesk
    control: AdmissionControl
    previews: PreviewDesk
    tree: TreeDesk
    publish: PublishDesk
    streams: StreamDesk
    stream_schemas: StreamSchemaDesk
    pings: PingDesk
    cursors: CursorDesk
    verify: VerifyDesk
    refresh: RefreshDesk
    cursor_orders: CursorOrderDesk
    replay: ReplayDesk
    schemas: SchemaDesks
    readings: ReadingDesk
    endpoints: EndpointDesk


@asynccontextmanager
async def open_frontend(settings: Settings, address: str) -> AsyncIterator[FrontendDesks]:
    """Layer 1 on its engines, until the context ends."""
    async with (
        open_engines(settings, "frontend") as engines,
        crew() as start,
        read_sources(settings, engines.store) as sources,
    ):
        store, signals = engines.store, engines.signals
        roster = Roster(store.membership, Member(member_id("frontend"), "frontend", address), settings.member_lease_s)
        gauges = Gauges(signals, roster.me.id)
        engines.queue.on_lost(forget(gauges))
        store.transitions.on_children(teller(signals))
        attendances = AttendanceBook(signals)
        book = LambdaBook(store.registry, signals)
        quotas = QuotaBook(store.quotas, signals)
        stream_book = StreamBook(store.streams, book, [stream_of(*each) for each in settings.sources.items()])
        look = SubscriptionLook(store.subscriptions, book)
        pump = AdmissionPump(store.admission, gauges, Announcer(engines.queue, gauges, signals).stored)
        control = AdmissionControl(pump, PumpLimits(), asyncio.get_running_loop().time)
        register = RegisterDesk(
            store.registry,
            store.due_work,
            book,
            store.clock,
            signals,
            roster.orchestrator_addresses,
            SubscribeDesk(store.subscriptions, book, store.clock),
        )
        schemas, stream_schemas = schema_desks(store.schemas, book), StreamSchemaBook(store.streams, signals)
        journal_pump = JournalPump(store.journal, stored=JournalPings(engines.pings).stored)
        desks = FrontendDesks(
            schedule=ScheduleDesk(
                pump, book, store.clock, _new_token, store.chains, MeteredSchedules(quotas, store.quotas), control
            ),
            register=register,
            signatures=SignatureDesk(book, store.registry, store.lane_counts, parameter_schemas(), settings.lease_s),
            inquiry=InquiryDesk(store.search, book, _page_key(settings)),
            explain=ExplainDesk(
                store.search,
                store.lane_counts,
                store.gates,
                store.schedules,
                store.registry,
                book,
                store.clock,
                attendances,
                gauges,
                settings.lease_s,
                store.quotas,
                store.chains,
                store.endpoints,
            ),
            cancel=CancelDesk(store.transitions, store.results, book, signals),
            retry=RetryDesk(store.admission, book, store.clock, signals, _new_token),
            letters=LetterDesk(store.dead_letters, book, _page_key(settings)),
            sweeps=SweepDesk(store.sweeps, book, _new_token),
            periodic=PeriodicDesk(store.schedules, book, store.clock, signals, _page_key(settings)),
            gates=GateDesk(store.gates, book, store.clock, signals),
            waiting=WaitingRoom(store.results, book, signals),
            clock=store.clock,
            roster=roster,
            tokens=TokenDesk(store.access_tokens, secrets.token_bytes),
            access_tokens=store.access_tokens,
            quotas=QuotaDesk(store.quotas, book, signals),
            control=control,
            previews=PreviewDesk(store.selected_tasks, book),
            tree=TreeDesk(store.chains, store.search, store.results, store.transitions, book, signals),
            publish=PublishDesk(
                journal_pump,
                stream_book,
                round(settings.event_id_window_hours * 3_600),
                EventSchemas(stream_schemas.subject_of, schemas.book),
            ),
            stream_schemas=StreamSchemaDesk(store.streams, book, stream_book, schemas.look, signals),
            streams=StreamDesk(store.streams, store.journal, book, stream_book, _page_key(settings)),
            pings=PingDesk(engines.pings, stream_book),
            cursors=CursorDesk(
                look, store.cursors, sources, store.gates, attendances, store.clock, store.filter_failures
            ),
            verify=VerifyDesk(
                look,
                SourcesAgainstCursors(store.cursors, sources),
                sources,
                store.clock,
                _page_key(settings),
                store.cursors,
            ),
            refresh=RefreshDesk(look, store.refreshes),
            cursor_orders=CursorOrderDesk(look, store.cursors, store.replays, sources),
            replay=ReplayDesk(look, store.cursors, store.replays, store.deliveries, sources, _page_key(settings)),
            schemas=schemas,
            readings=ReadingDesk(pump, control, journal_pump),
            endpoints=EndpointDesk(
                store.endpoints, book, register, signals, push_networks(settings), secrets.token_bytes
            ),
        )
        await store.clock.compare()
        await quotas.refresh()
        start(quotas.run())
        await stream_schemas.refresh()
        start(stream_schemas.run())
        start(control.run())
        start(roster.run())
        start(_compare_now_and_then(store.clock))
        try:
            yield desks
        finally:
            await desks.waiting.stop()
            await desks.register.stop()
            attendances.stop()
            await book.stop()


class Roster:
    """Announces this server and knows the others."""

    def __init__(self, membership: Membership, me: Member, lease_s: float) -> None:
        self.me = me
        self._membership = membership
        self._lease_s = lease_s
        self._members: list[Member] = []

    def orchestrator_addresses(self) -> Sequence[str]:
        """Where workers may open streams."""
        return [member.address for member in self._members if member.kind == "orchestrator" and member.address]

    async def run(self) -> None:
        """Announce and look around, until cancelled."""
        try:
            while True:
                try:
                    self._members = await self._membership.announce(self.me, self._lease_s)
                except PenstockError as error:
                    log.warning("the other servers are not known for now: %s", error)
                known = bool(self.orchestrator_addresses())
                await asyncio.sleep(self._lease_s / 4 if known else min(0.2, self._lease_s / 4))
        finally:
            await asyncio.shield(quietly(self._membership.leave(self.me.id)))


async def _compare_now_and_then(clock: StoreClock) -> None:
    while True:
        await asyncio.sleep(COMPARE_EVERY_S)
        await quietly(clock.compare())


def _new_token() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def _page_key(settings: Settings) -> bytes:
    """The same in every frontend of one platform, so that any of them can continue another's list."""
    return hashlib.blake2b(settings.postgres_url.encode(), key=b"penstock page tokens", digest_size=32).digest()
