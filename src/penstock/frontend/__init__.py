"""Layer 1: accept work. Validate, convert to the canonical form, store, acknowledge.

One desk for each kind of call; the server decodes a request into a desk's call, awaits, encodes the
answer. Errors are those of `model.errors`. How they are put together (one of each in a process):

    book = LambdaBook(registry, signals)                                   # names -> numbers, cached
    pump = AdmissionPump(admission, gauges, Announcer(queue, gauges, signals).stored)
    schedule = ScheduleDesk(pump, book, clock, new_token)                  # new_token: () -> 16 random bytes
    await schedule.schedule(ScheduleCall(...)) -> ScheduleAnswer

    cancel = CancelDesk(transitions, results, book, signals)
    await cancel.cancel(namespace, task_id) -> Cancelled

    retry = RetryDesk(admission, book, clock, signals, new_token)
    await retry.retry(namespace, task_id, request_token) -> calls.Retry

    subscribe = SubscribeDesk(subscriptions, book, clock)
    register = RegisterDesk(registry, due_work, book, clock, signals, orchestrators, subscribe)   # () -> addresses
    await register.register(namespace, registrations) -> Registered

    gates = GateDesk(gates, book, clock, signals)
    await gates.order(GateCall(...)) -> Gate; .standing(namespace, lambda_name), .trail(TrailCall(...))

    explain = ExplainDesk(search, lane_counts, gates, schedules, registry, book, clock, attendances, drains, lease_s)
    await explain.task(namespace, task_id) -> TaskExplained               # also lane(...), lanes(...)

    inquiry = InquiryDesk(search, book, page_key)                          # page_key: at least 16 bytes
    await inquiry.get_task(namespace, task_id, with_payload, with_history) -> TaskView
    await inquiry.list_tasks(ListCall(...)) -> TaskPage

    periodic = PeriodicDesk(store.schedules, book, clock, signals, page_key)
    await periodic.create(namespace, Definition(...)) -> Created           # also declare, get, list, backfill, ...

    waiting = WaitingRoom(results, book, signals)
    await waiting.await_tasks(namespace, ids, wait_s) -> Awaited

    stream_book = StreamBook(store.streams, book)                          # stream names -> numbers, cached
    publish = PublishDesk(JournalPump(store.journal), stream_book, id_window_s)
    await publish.publish(PublishCall(...)) -> PublishAnswer
    streams = StreamDesk(store.streams, store.journal, book, stream_book, page_key)
    await streams.read(ReadCall(...)) -> EventPage                        # also list_streams, set_stream, list_subjects

    pings = PingDesk(ping_queue, stream_book)
    await pings.ping(PingCall(...)) -> int                                # subjects that were told about

    tokens = TokenDesk(access_tokens, random_bytes)                        # random_bytes: count -> bytes
    await tokens.create(caller, name, role, namespaces, expires_in_s) -> Made

Those that listen or keep work in the background (`book`, `register`, `waiting`) have `async stop()`; nothing
needs to be started. Somebody in the process must call `StoreClock.compare` now and then.
"""
