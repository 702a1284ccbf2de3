"""Every size, count and time that has a limit. `penstock doctor` prints this list."""

from typing import Final

NAME_CHARS_MAX: Final = 64
COLLECTION_BYTES_MAX: Final = 256
KEY_BYTES_MAX: Final = 1024
PAYLOAD_BYTES_MAX: Final = 256 * 1024
PAYLOAD_DEPTH_MAX: Final = 64
RESULT_BYTES_MAX: Final = 64 * 1024
ERROR_MESSAGE_BYTES_MAX: Final = 8 * 1024
TRACEBACK_BYTES_MAX: Final = 16 * 1024
ERROR_TYPE_BYTES_MAX: Final = 1024
EXECUTOR_BYTES_MAX: Final = 256
ACTOR_BYTES_MAX: Final = 256
"""who gives an order"""
REASON_BYTES_MAX: Final = 1024
"""why"""
SIGNATURE_BYTES_MAX: Final = 64 * 1024
VERSION_BYTES_MAX: Final = 256
DESCRIPTION_BYTES_MAX: Final = 8 * 1024
SCHEDULE_TASKS_MAX: Final = 10_000
"""tasks in one Schedule call"""
AWAIT_TASKS_MAX: Final = 10_000
AWAIT_S_MAX: Final = 60.0
LIST_PAGE_MAX: Final = 1_000
LIST_PAGE_DEFAULT: Final = 100
HORIZON_S_MAX: Final = 366 * 86_400
"""how far ahead a task may be scheduled"""
KEY_LIFE_S_DEFAULT: Final = 7 * 86_400
KEY_LIFE_S_MAX: Final = 366 * 86_400
TOKEN_BYTES_MIN: Final = 16
TOKEN_BYTES_MAX: Final = 64
TOKEN_LIFE_S: Final = 3 * 3_600
"""an hour in which a call may be repeated, also when the store's clock is set right by two"""
OVERTAKING_S_MAX: Final = 0.1
"""how long a due task may wait in the store while newer ones of its lane go straight into it"""
BATCH_BYTES_MAX: Final = 1024 * 1024
"""no batch between two hops is larger, whatever its count"""
BATCH_ROWS_MAX: Final = 1_000
MESSAGE_BYTES_MAX: Final = 4 * 1024 * 1024
"""one gRPC message"""
REFERENCES_PER_MESSAGE_MAX: Final = 200
ATTEMPTS_MAX: Final = 10_000
TIMEOUT_S_MAX: Final = 7 * 86_400
BACKOFF_S_MAX: Final = 7 * 86_400
LAMBDAS_PER_WORKER_MAX: Final = 1_000
CREDIT_MAX: Final = 100_000
"""tasks that one Work stream may ask for beyond those it was given"""
CLAIM_MAX: Final = 2**31 - 1
RUN_US_MAX: Final = 2**62
"""what the store can keep, and take from the end of a run to find its start"""
CRON_CHARS_MAX: Final = 255
ZONE_CHARS_MAX: Final = 255
SCHEDULE_NAME_CHARS_MAX: Final = 200
INTERVAL_S_MIN: Final = 1
INTERVAL_S_MAX: Final = 366 * 86_400
JITTER_S_MAX: Final = 86_400
SCHEDULES_PER_APP_MAX: Final = 10_000
BACKFILL_TICKS_MAX: Final = 10_000
"""ticks of one backfill"""
NEXT_TICKS_MAX: Final = 1_000
MISFIRE_GRACE_S: Final = 60
"""a tick that nobody saw for so long after its time was missed"""
TOKEN_NAMESPACES_MAX: Final = 100
"""that one access token names; "*" is all"""
TOKEN_EXPIRY_S_MAX: Final = 3_660 * 86_400
TOKENS_LISTED_MAX: Final = 1_000
GATE_S_MAX: Final = 366 * 86_400
"""how long a gate with an end may stand"""
GATE_COUNT_MAX: Final = 10_000
"""how far the tasks that a gate holds are counted"""
GATE_LOOK_S: Final = 86_400
"""what a gate holds is moved by its gate; this is how rarely anybody looks at it besides"""
REPLAY_LOOK_S: Final = 1.0
"""when a replay is looked at again whose subject is just being run"""
GATE_SIGHT_S: Final = 0.7
"""no task is started when the gates were looked at longer ago: a second with what stands between the two"""
GATE_LATE_S: Final = 60
"""so long after a gate was opened tasks may still come to be held by it: no statement takes longer"""
EDGES_PER_CALL_MAX: Final = 10_000
"""parents that the tasks of one Schedule call name together"""
PARENTS_PER_TASK_MAX: Final = 10_000
FAMILY_COUNT_MAX: Final = 10_000
"""how far the children of a task are counted"""
PARENTS_LOOK_S: Final = 300
"""what waits for its parents is moved by their ends; this is how rarely anybody looks at it besides"""
TREE_NODES_MAX: Final = 1_000
"""tasks of a tree that are shown"""
TREE_WALK_MAX: Final = 100_000
"""tasks of a tree that are looked at to cancel all of it"""
LANE_COUNT_MAX: Final = 10_000
"""how far the tasks of a lane are counted, for each thing that they wait for"""
LANES_IN_MOTION_MAX: Final = 50_000
"""how far tasks that are enqueued or run are counted in one look at lanes"""
LANES_PAGE_MAX: Final = 1_000
"""lambdas on one page of lanes"""
QUOTA_PER_S_MIN: Final = 0.001
QUOTA_PER_S_MAX: Final = 1_000_000.0
QUOTA_BURST_MAX: Final = 1_000_000
WEIGHT_MIN: Final = 0.01
WEIGHT_MAX: Final = 100.0
ATTRIBUTES_MAX: Final = 8
"""of one task"""
ATTRIBUTE_NAME_CHARS_MAX: Final = 64
ATTRIBUTE_VALUE_BYTES_MAX: Final = 256
PROGRESS_MESSAGE_BYTES_MAX: Final = 256
"""a longer one is cut"""
CANCEL_GRACE_S_MAX: Final = 86_400
"""how long code whose cancel was requested may go on before it is killed, where it is killed at all"""
SUBJECT_BYTES_MAX: Final = 1024
EVENT_BYTES_MAX: Final = 256 * 1024
"""the data of one event"""
EVENT_TYPE_BYTES_MAX: Final = 256
EVENT_SOURCE_BYTES_MAX: Final = 1024
EVENT_ID_BYTES_MAX: Final = 1024
CONTENT_TYPE_CHARS_MAX: Final = 256
EXTENSIONS_MAX: Final = 20
"""extension attributes of one event"""
EXTENSION_NAME_CHARS_MAX: Final = 20
EXTENSION_BYTES_MAX: Final = 1024
"""the value of one extension attribute"""
PUBLISH_EVENTS_MAX: Final = BATCH_ROWS_MAX
"""events in one Publish call: it is stored as a whole or not at all"""
PINGS_PER_CALL_MAX: Final = BATCH_ROWS_MAX
EVENT_ID_WINDOW_S_DEFAULT: Final = 86_400
"""how long a repeated source and id is known"""
EVENT_ID_WINDOW_S_MAX: Final = 366 * 86_400
STREAM_KEEP_S_MIN: Final = 3_600
STREAM_KEEP_S_MAX: Final = 3_660 * 86_400
"""how long a stream may keep its events"""
STREAM_COUNT_MAX: Final = 10_000
"""how far subjects and events of a stream are counted in a list"""
STREAMS_PAGE_MAX: Final = 50
"""streams on one page: each of them is counted"""
SUBSCRIPTION_BATCH_MAX: Final = 1_000
"""events that one delivery may hand over"""
SUBSCRIPTION_AFTER_MAX: Final = 100
"""lambdas that one goes after"""
SUBSCRIPTION_TYPES_MAX: Final = 100
"""types that one filter names"""
CURSORS_COUNT_MAX: Final = 10_000
"""how far subjects of a subscription are counted, for each thing that they wait for"""
CURSORS_IN_MOTION_MAX: Final = 50_000
"""how far deliveries that are enqueued or run are looked at for it"""
VERIFY_PAGE_DEFAULT: Final = 500
VERIFY_PAGE_MAX: Final = 1_000
"""subjects that one call compares"""
SCHEMA_BYTES_MAX: Final = 256 * 1024
"""one schema with all that it refers to"""
SCHEMA_DEPTH_MAX: Final = 64
SCHEMA_PARTS_MAX: Final = 20_000
"""values, types, fields and symbols in one schema with all that it refers to"""
SCHEMA_STEPS_MAX: Final = 100_000
"""steps that one comparison of two schemas may take, and one value's check by a schema that branches"""
SCHEMA_SUBJECT_BYTES_MAX: Final = 255
SCHEMA_VERSIONS_MAX: Final = 1_000
"""versions of one subject that stand, those deleted softly too"""
SCHEMA_REFERENCES_MAX: Final = 100
"""of one schema"""
SCHEMA_REFERENCE_NAME_BYTES_MAX: Final = 1024
SCHEMA_REFERENCE_DEPTH_MAX: Final = 16
"""how far references lead to references"""
SCHEMA_CLOSURE_MAX: Final = 200
"""schemas that one refers to, by way of others too"""
SCHEMA_EXTRAS_BYTES_MAX: Final = 16 * 1024
"""the metadata of one schema, and its rules"""
SCHEMA_NAMES_MAX: Final = 10_000
"""subjects, or versions of one schema, that one call lists"""
ASSOCIATIONS_MAX: Final = 100
"""of one resource"""
FILTER_BYTES_MAX: Final = 16 * 1024
"""a filter of dialects, as JSON"""
FILTER_DEPTH_MAX: Final = 16
"""levels of all, any and not"""
FILTER_PARTS_MAX: Final = 500
"""of one filter: each of its filters, and each attribute that they compare"""
FILTER_EXPRESSION_CHARS_MAX: Final = 4_096
"""a CESQL expression"""
FILTER_EXPRESSION_DEPTH_MAX: Final = 32
"""levels of brackets, operators and functions in it"""
FILTER_COST_MAX: Final = 10_000
"""what the expressions of one filter may cost for one event at most: a millisecond or two"""
FILTER_TEXT_CHARS_MAX: Final = 8_192
"""a text that LIKE looks at a character at a time"""
