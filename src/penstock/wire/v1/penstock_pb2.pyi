from penstock.wire.v1 import schemas_pb2 as _schemas_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union
from penstock.wire.v1.schemas_pb2 import SchemaReference as SchemaReference
from penstock.wire.v1.schemas_pb2 import RegisterSchemaRequest as RegisterSchemaRequest
from penstock.wire.v1.schemas_pb2 import SchemaVersion as SchemaVersion
from penstock.wire.v1.schemas_pb2 import GetSchemaRequest as GetSchemaRequest
from penstock.wire.v1.schemas_pb2 import ListSchemasRequest as ListSchemasRequest
from penstock.wire.v1.schemas_pb2 import SchemaSubject as SchemaSubject
from penstock.wire.v1.schemas_pb2 import ListSchemasReply as ListSchemasReply
from penstock.wire.v1.schemas_pb2 import CheckSchemaRequest as CheckSchemaRequest
from penstock.wire.v1.schemas_pb2 import CheckSchemaReply as CheckSchemaReply
from penstock.wire.v1.schemas_pb2 import DeleteSchemaRequest as DeleteSchemaRequest
from penstock.wire.v1.schemas_pb2 import DeleteSchemaReply as DeleteSchemaReply
from penstock.wire.v1.schemas_pb2 import SetSchemaRulesRequest as SetSchemaRulesRequest
from penstock.wire.v1.schemas_pb2 import GetSchemaRulesRequest as GetSchemaRulesRequest
from penstock.wire.v1.schemas_pb2 import SchemaRules as SchemaRules

DESCRIPTOR: _descriptor.FileDescriptor

class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRIORITY_UNSPECIFIED: _ClassVar[Priority]
    PRIORITY_HIGH: _ClassVar[Priority]
    PRIORITY_NORMAL: _ClassVar[Priority]
    PRIORITY_LOW: _ClassVar[Priority]

class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATUS_UNSPECIFIED: _ClassVar[Status]
    STATUS_NEW: _ClassVar[Status]
    STATUS_HELD: _ClassVar[Status]
    STATUS_ENQUEUED: _ClassVar[Status]
    STATUS_CLAIMED: _ClassVar[Status]
    STATUS_PROCESSING: _ClassVar[Status]
    STATUS_RETRIABLE_FAILURE: _ClassVar[Status]
    STATUS_SUCCESS: _ClassVar[Status]
    STATUS_FATAL_FAILURE: _ClassVar[Status]
    STATUS_DEAD: _ClassVar[Status]
    STATUS_CANCELLED: _ClassVar[Status]
    STATUS_DROPPED: _ClassVar[Status]

class Ending(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENDING_UNSPECIFIED: _ClassVar[Ending]
    ENDING_SUCCEEDED: _ClassVar[Ending]
    ENDING_FAILED_FATALLY: _ClassVar[Ending]
    ENDING_FAILED_RETRIABLY: _ClassVar[Ending]
    ENDING_TIMED_OUT: _ClassVar[Ending]
    ENDING_RAISED: _ClassVar[Ending]
    ENDING_UNDECODABLE: _ClassVar[Ending]
    ENDING_CRASHED_ALONE: _ClassVar[Ending]
    ENDING_CRASHED_IN_COMPANY: _ClassVar[Ending]
    ENDING_LEASE_LOST: _ClassVar[Ending]
    ENDING_CANCELLED: _ClassVar[Ending]
    ENDING_RELEASED: _ClassVar[Ending]

class ParentFailure(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARENT_FAILURE_UNSPECIFIED: _ClassVar[ParentFailure]
    PARENT_FAILURE_CANCEL: _ClassVar[ParentFailure]
    PARENT_FAILURE_CONTINUE: _ClassVar[ParentFailure]

class SweepKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SWEEP_KIND_UNSPECIFIED: _ClassVar[SweepKind]
    SWEEP_KIND_REDRIVE: _ClassVar[SweepKind]
    SWEEP_KIND_PURGE: _ClassVar[SweepKind]
    SWEEP_KIND_CANCEL: _ClassVar[SweepKind]
    SWEEP_KIND_RETRY: _ClassVar[SweepKind]

class SweepStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SWEEP_STATUS_UNSPECIFIED: _ClassVar[SweepStatus]
    SWEEP_STATUS_RUNNING: _ClassVar[SweepStatus]
    SWEEP_STATUS_DONE: _ClassVar[SweepStatus]
    SWEEP_STATUS_STOPPED: _ClassVar[SweepStatus]

class Misfire(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MISFIRE_UNSPECIFIED: _ClassVar[Misfire]
    MISFIRE_SKIP: _ClassVar[Misfire]
    MISFIRE_ONCE: _ClassVar[Misfire]
    MISFIRE_ALL: _ClassVar[Misfire]

class Overlap(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OVERLAP_UNSPECIFIED: _ClassVar[Overlap]
    OVERLAP_ALLOW: _ClassVar[Overlap]
    OVERLAP_SKIP: _ClassVar[Overlap]
    OVERLAP_QUEUE: _ClassVar[Overlap]

class GateState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GATE_STATE_UNSPECIFIED: _ClassVar[GateState]
    GATE_STATE_OPEN: _ClassVar[GateState]
    GATE_STATE_PAUSE: _ClassVar[GateState]
    GATE_STATE_DROP: _ClassVar[GateState]

class QuotaKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUOTA_KIND_UNSPECIFIED: _ClassVar[QuotaKind]
    QUOTA_KIND_SCHEDULE: _ClassVar[QuotaKind]
    QUOTA_KIND_START: _ClassVar[QuotaKind]
    QUOTA_KIND_WEIGHT: _ClassVar[QuotaKind]

class Kin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KIN_UNSPECIFIED: _ClassVar[Kin]
    KIN_PARENT: _ClassVar[Kin]
    KIN_SPAWNED: _ClassVar[Kin]
    KIN_RETRY: _ClassVar[Kin]

class SubscriptionOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUBSCRIPTION_ORDER_UNSPECIFIED: _ClassVar[SubscriptionOrder]
    SUBSCRIPTION_ORDER_SUBJECT: _ClassVar[SubscriptionOrder]
    SUBSCRIPTION_ORDER_LATEST: _ClassVar[SubscriptionOrder]
    SUBSCRIPTION_ORDER_NONE: _ClassVar[SubscriptionOrder]

class WhenDead(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WHEN_DEAD_UNSPECIFIED: _ClassVar[WhenDead]
    WHEN_DEAD_BLOCK: _ClassVar[WhenDead]
    WHEN_DEAD_SKIP: _ClassVar[WhenDead]
    WHEN_DEAD_PASS: _ClassVar[WhenDead]

class Trouble(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TROUBLE_UNSPECIFIED: _ClassVar[Trouble]
    TROUBLE_DEAD_EVENT: _ClassVar[Trouble]
    TROUBLE_FAILING: _ClassVar[Trouble]
    TROUBLE_STUCK: _ClassVar[Trouble]

class EndpointMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENDPOINT_MODE_UNSPECIFIED: _ClassVar[EndpointMode]
    ENDPOINT_MODE_BINARY: _ClassVar[EndpointMode]
    ENDPOINT_MODE_STRUCTURED: _ClassVar[EndpointMode]

class EndpointHealthState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENDPOINT_HEALTH_STATE_UNSPECIFIED: _ClassVar[EndpointHealthState]
    ENDPOINT_HEALTH_STATE_WELL: _ClassVar[EndpointHealthState]
    ENDPOINT_HEALTH_STATE_OPEN: _ClassVar[EndpointHealthState]
    ENDPOINT_HEALTH_STATE_PROBED: _ClassVar[EndpointHealthState]
    ENDPOINT_HEALTH_STATE_THROTTLED: _ClassVar[EndpointHealthState]
PRIORITY_UNSPECIFIED: Priority
PRIORITY_HIGH: Priority
PRIORITY_NORMAL: Priority
PRIORITY_LOW: Priority
STATUS_UNSPECIFIED: Status
STATUS_NEW: Status
STATUS_HELD: Status
STATUS_ENQUEUED: Status
STATUS_CLAIMED: Status
STATUS_PROCESSING: Status
STATUS_RETRIABLE_FAILURE: Status
STATUS_SUCCESS: Status
STATUS_FATAL_FAILURE: Status
STATUS_DEAD: Status
STATUS_CANCELLED: Status
STATUS_DROPPED: Status
ENDING_UNSPECIFIED: Ending
ENDING_SUCCEEDED: Ending
ENDING_FAILED_FATALLY: Ending
ENDING_FAILED_RETRIABLY: Ending
ENDING_TIMED_OUT: Ending
ENDING_RAISED: Ending
ENDING_UNDECODABLE: Ending
ENDING_CRASHED_ALONE: Ending
ENDING_CRASHED_IN_COMPANY: Ending
ENDING_LEASE_LOST: Ending
ENDING_CANCELLED: Ending
ENDING_RELEASED: Ending
PARENT_FAILURE_UNSPECIFIED: ParentFailure
PARENT_FAILURE_CANCEL: ParentFailure
PARENT_FAILURE_CONTINUE: ParentFailure
SWEEP_KIND_UNSPECIFIED: SweepKind
SWEEP_KIND_REDRIVE: SweepKind
SWEEP_KIND_PURGE: SweepKind
SWEEP_KIND_CANCEL: SweepKind
SWEEP_KIND_RETRY: SweepKind
SWEEP_STATUS_UNSPECIFIED: SweepStatus
SWEEP_STATUS_RUNNING: SweepStatus
SWEEP_STATUS_DONE: SweepStatus
SWEEP_STATUS_STOPPED: SweepStatus
MISFIRE_UNSPECIFIED: Misfire
MISFIRE_SKIP: Misfire
MISFIRE_ONCE: Misfire
MISFIRE_ALL: Misfire
OVERLAP_UNSPECIFIED: Overlap
OVERLAP_ALLOW: Overlap
OVERLAP_SKIP: Overlap
OVERLAP_QUEUE: Overlap
GATE_STATE_UNSPECIFIED: GateState
GATE_STATE_OPEN: GateState
GATE_STATE_PAUSE: GateState
GATE_STATE_DROP: GateState
QUOTA_KIND_UNSPECIFIED: QuotaKind
QUOTA_KIND_SCHEDULE: QuotaKind
QUOTA_KIND_START: QuotaKind
QUOTA_KIND_WEIGHT: QuotaKind
KIN_UNSPECIFIED: Kin
KIN_PARENT: Kin
KIN_SPAWNED: Kin
KIN_RETRY: Kin
SUBSCRIPTION_ORDER_UNSPECIFIED: SubscriptionOrder
SUBSCRIPTION_ORDER_SUBJECT: SubscriptionOrder
SUBSCRIPTION_ORDER_LATEST: SubscriptionOrder
SUBSCRIPTION_ORDER_NONE: SubscriptionOrder
WHEN_DEAD_UNSPECIFIED: WhenDead
WHEN_DEAD_BLOCK: WhenDead
WHEN_DEAD_SKIP: WhenDead
WHEN_DEAD_PASS: WhenDead
TROUBLE_UNSPECIFIED: Trouble
TROUBLE_DEAD_EVENT: Trouble
TROUBLE_FAILING: Trouble
TROUBLE_STUCK: Trouble
ENDPOINT_MODE_UNSPECIFIED: EndpointMode
ENDPOINT_MODE_BINARY: EndpointMode
ENDPOINT_MODE_STRUCTURED: EndpointMode
ENDPOINT_HEALTH_STATE_UNSPECIFIED: EndpointHealthState
ENDPOINT_HEALTH_STATE_WELL: EndpointHealthState
ENDPOINT_HEALTH_STATE_OPEN: EndpointHealthState
ENDPOINT_HEALTH_STATE_PROBED: EndpointHealthState
ENDPOINT_HEALTH_STATE_THROTTLED: EndpointHealthState

class LambdaPolicy(_message.Message):
    __slots__ = ("attempts_max", "timeout_s", "backoff_base_s", "backoff_factor", "backoff_max_s", "quota")
    ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_S_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_BASE_S_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_FACTOR_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_MAX_S_FIELD_NUMBER: _ClassVar[int]
    QUOTA_FIELD_NUMBER: _ClassVar[int]
    attempts_max: int
    timeout_s: float
    backoff_base_s: float
    backoff_factor: float
    backoff_max_s: float
    quota: LambdaQuota
    def __init__(self, attempts_max: _Optional[int] = ..., timeout_s: _Optional[float] = ..., backoff_base_s: _Optional[float] = ..., backoff_factor: _Optional[float] = ..., backoff_max_s: _Optional[float] = ..., quota: _Optional[_Union[LambdaQuota, _Mapping]] = ...) -> None: ...

class LambdaQuota(_message.Message):
    __slots__ = ("schedule_per_s", "schedule_burst", "start_per_s", "weight")
    SCHEDULE_PER_S_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_BURST_FIELD_NUMBER: _ClassVar[int]
    START_PER_S_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    schedule_per_s: float
    schedule_burst: int
    start_per_s: float
    weight: float
    def __init__(self, schedule_per_s: _Optional[float] = ..., schedule_burst: _Optional[int] = ..., start_per_s: _Optional[float] = ..., weight: _Optional[float] = ...) -> None: ...

class LambdaRegistration(_message.Message):
    __slots__ = ("name", "version", "policy", "signature", "description", "subscription")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    policy: LambdaPolicy
    signature: bytes
    description: str
    subscription: Subscription
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., policy: _Optional[_Union[LambdaPolicy, _Mapping]] = ..., signature: _Optional[bytes] = ..., description: _Optional[str] = ..., subscription: _Optional[_Union[Subscription, _Mapping]] = ...) -> None: ...

class RegisterLambdasRequest(_message.Message):
    __slots__ = ("namespace", "lambdas", "app", "schedules", "accept_signatures")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDAS_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_SIGNATURES_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    lambdas: _containers.RepeatedCompositeFieldContainer[LambdaRegistration]
    app: str
    schedules: _containers.RepeatedCompositeFieldContainer[PeriodicDefinition]
    accept_signatures: bool
    def __init__(self, namespace: _Optional[str] = ..., lambdas: _Optional[_Iterable[_Union[LambdaRegistration, _Mapping]]] = ..., app: _Optional[str] = ..., schedules: _Optional[_Iterable[_Union[PeriodicDefinition, _Mapping]]] = ..., accept_signatures: _Optional[bool] = ...) -> None: ...

class RegisterLambdasReply(_message.Message):
    __slots__ = ("orchestrators", "freed_tasks", "retired_schedules", "warnings")
    ORCHESTRATORS_FIELD_NUMBER: _ClassVar[int]
    FREED_TASKS_FIELD_NUMBER: _ClassVar[int]
    RETIRED_SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    orchestrators: _containers.RepeatedScalarFieldContainer[str]
    freed_tasks: int
    retired_schedules: _containers.RepeatedScalarFieldContainer[str]
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, orchestrators: _Optional[_Iterable[str]] = ..., freed_tasks: _Optional[int] = ..., retired_schedules: _Optional[_Iterable[str]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class TaskGroup(_message.Message):
    __slots__ = ("collection", "priority", "payloads", "keys", "due_at_us", "delay_us", "key_life_s", "parent_id", "attributes", "parents")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PAYLOADS_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_US_FIELD_NUMBER: _ClassVar[int]
    DELAY_US_FIELD_NUMBER: _ClassVar[int]
    KEY_LIFE_S_FIELD_NUMBER: _ClassVar[int]
    PARENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    PARENTS_FIELD_NUMBER: _ClassVar[int]
    collection: str
    priority: Priority
    payloads: _containers.RepeatedScalarFieldContainer[bytes]
    keys: _containers.RepeatedScalarFieldContainer[str]
    due_at_us: _containers.RepeatedScalarFieldContainer[int]
    delay_us: _containers.RepeatedScalarFieldContainer[int]
    key_life_s: int
    parent_id: bytes
    attributes: _containers.ScalarMap[str, str]
    parents: _containers.RepeatedCompositeFieldContainer[Parents]
    def __init__(self, collection: _Optional[str] = ..., priority: _Optional[_Union[Priority, str]] = ..., payloads: _Optional[_Iterable[bytes]] = ..., keys: _Optional[_Iterable[str]] = ..., due_at_us: _Optional[_Iterable[int]] = ..., delay_us: _Optional[_Iterable[int]] = ..., key_life_s: _Optional[int] = ..., parent_id: _Optional[bytes] = ..., attributes: _Optional[_Mapping[str, str]] = ..., parents: _Optional[_Iterable[_Union[Parents, _Mapping]]] = ..., **kwargs) -> None: ...

class Parents(_message.Message):
    __slots__ = ("of", "on_failure")
    OF_FIELD_NUMBER: _ClassVar[int]
    ON_FAILURE_FIELD_NUMBER: _ClassVar[int]
    of: _containers.RepeatedCompositeFieldContainer[ParentReference]
    on_failure: ParentFailure
    def __init__(self, of: _Optional[_Iterable[_Union[ParentReference, _Mapping]]] = ..., on_failure: _Optional[_Union[ParentFailure, str]] = ...) -> None: ...

class ParentReference(_message.Message):
    __slots__ = ("task_id", "sibling")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    SIBLING_FIELD_NUMBER: _ClassVar[int]
    task_id: bytes
    sibling: int
    def __init__(self, task_id: _Optional[bytes] = ..., sibling: _Optional[int] = ...) -> None: ...

class ScheduleRequest(_message.Message):
    __slots__ = ("namespace", "groups", "request_token", "strict")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    groups: _containers.RepeatedCompositeFieldContainer[TaskGroup]
    request_token: bytes
    strict: bool
    def __init__(self, namespace: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[TaskGroup, _Mapping]]] = ..., request_token: _Optional[bytes] = ..., strict: _Optional[bool] = ...) -> None: ...

class ScheduleProblem(_message.Message):
    __slots__ = ("index", "code", "message", "task_id")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    index: int
    code: str
    message: str
    task_id: bytes
    def __init__(self, index: _Optional[int] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., task_id: _Optional[bytes] = ...) -> None: ...

class ScheduleReply(_message.Message):
    __slots__ = ("task_ids", "problems", "warnings", "existing")
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    EXISTING_FIELD_NUMBER: _ClassVar[int]
    task_ids: bytes
    problems: _containers.RepeatedCompositeFieldContainer[ScheduleProblem]
    warnings: _containers.RepeatedScalarFieldContainer[str]
    existing: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, task_ids: _Optional[bytes] = ..., problems: _Optional[_Iterable[_Union[ScheduleProblem, _Mapping]]] = ..., warnings: _Optional[_Iterable[str]] = ..., existing: _Optional[_Iterable[int]] = ...) -> None: ...

class GetTaskRequest(_message.Message):
    __slots__ = ("namespace", "task_id", "with_payload", "with_history", "with_family")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    WITH_PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    WITH_HISTORY_FIELD_NUMBER: _ClassVar[int]
    WITH_FAMILY_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    with_payload: bool
    with_history: bool
    with_family: bool
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ..., with_payload: _Optional[bool] = ..., with_history: _Optional[bool] = ..., with_family: _Optional[bool] = ...) -> None: ...

class FamilyCounts(_message.Message):
    __slots__ = ("parents", "children", "spawned", "unfinished_parents", "first_unfinished", "first_status")
    PARENTS_FIELD_NUMBER: _ClassVar[int]
    CHILDREN_FIELD_NUMBER: _ClassVar[int]
    SPAWNED_FIELD_NUMBER: _ClassVar[int]
    UNFINISHED_PARENTS_FIELD_NUMBER: _ClassVar[int]
    FIRST_UNFINISHED_FIELD_NUMBER: _ClassVar[int]
    FIRST_STATUS_FIELD_NUMBER: _ClassVar[int]
    parents: int
    children: int
    spawned: int
    unfinished_parents: int
    first_unfinished: bytes
    first_status: Status
    def __init__(self, parents: _Optional[int] = ..., children: _Optional[int] = ..., spawned: _Optional[int] = ..., unfinished_parents: _Optional[int] = ..., first_unfinished: _Optional[bytes] = ..., first_status: _Optional[_Union[Status, str]] = ...) -> None: ...

class Attempt(_message.Message):
    __slots__ = ("claim", "ending", "started_at_us", "ended_at_us", "executor", "error_type", "error_message", "traceback")
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    ENDING_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_US_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_US_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    ERROR_TYPE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TRACEBACK_FIELD_NUMBER: _ClassVar[int]
    claim: int
    ending: Ending
    started_at_us: int
    ended_at_us: int
    executor: str
    error_type: str
    error_message: str
    traceback: str
    def __init__(self, claim: _Optional[int] = ..., ending: _Optional[_Union[Ending, str]] = ..., started_at_us: _Optional[int] = ..., ended_at_us: _Optional[int] = ..., executor: _Optional[str] = ..., error_type: _Optional[str] = ..., error_message: _Optional[str] = ..., traceback: _Optional[str] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("task_id", "collection", "priority", "status", "held_for", "created_at_us", "scheduled_at_us", "started_at_us", "finished_at_us", "next_look_at_us", "attempts", "crashes", "lapses", "claim", "cancel_requested", "suspect", "payload", "result", "result_left_out", "error_type", "error_message", "traceback", "executor", "retry_of", "retried_as", "parent_id", "history", "reason", "family", "gate", "progress", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    HELD_FOR_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_US_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_AT_US_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_US_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_US_FIELD_NUMBER: _ClassVar[int]
    NEXT_LOOK_AT_US_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    CRASHES_FIELD_NUMBER: _ClassVar[int]
    LAPSES_FIELD_NUMBER: _ClassVar[int]
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    CANCEL_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    SUSPECT_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RESULT_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    ERROR_TYPE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TRACEBACK_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    RETRY_OF_FIELD_NUMBER: _ClassVar[int]
    RETRIED_AS_FIELD_NUMBER: _ClassVar[int]
    PARENT_ID_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    task_id: bytes
    collection: str
    priority: Priority
    status: Status
    held_for: str
    created_at_us: int
    scheduled_at_us: int
    started_at_us: int
    finished_at_us: int
    next_look_at_us: int
    attempts: int
    crashes: int
    lapses: int
    claim: int
    cancel_requested: bool
    suspect: bool
    payload: bytes
    result: bytes
    result_left_out: bool
    error_type: str
    error_message: str
    traceback: str
    executor: str
    retry_of: bytes
    retried_as: bytes
    parent_id: bytes
    history: _containers.RepeatedCompositeFieldContainer[Attempt]
    reason: str
    family: FamilyCounts
    gate: Gate
    progress: Progress
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, task_id: _Optional[bytes] = ..., collection: _Optional[str] = ..., priority: _Optional[_Union[Priority, str]] = ..., status: _Optional[_Union[Status, str]] = ..., held_for: _Optional[str] = ..., created_at_us: _Optional[int] = ..., scheduled_at_us: _Optional[int] = ..., started_at_us: _Optional[int] = ..., finished_at_us: _Optional[int] = ..., next_look_at_us: _Optional[int] = ..., attempts: _Optional[int] = ..., crashes: _Optional[int] = ..., lapses: _Optional[int] = ..., claim: _Optional[int] = ..., cancel_requested: _Optional[bool] = ..., suspect: _Optional[bool] = ..., payload: _Optional[bytes] = ..., result: _Optional[bytes] = ..., result_left_out: _Optional[bool] = ..., error_type: _Optional[str] = ..., error_message: _Optional[str] = ..., traceback: _Optional[str] = ..., executor: _Optional[str] = ..., retry_of: _Optional[bytes] = ..., retried_as: _Optional[bytes] = ..., parent_id: _Optional[bytes] = ..., history: _Optional[_Iterable[_Union[Attempt, _Mapping]]] = ..., reason: _Optional[str] = ..., family: _Optional[_Union[FamilyCounts, _Mapping]] = ..., gate: _Optional[_Union[Gate, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., **kwargs) -> None: ...

class ListTasksRequest(_message.Message):
    __slots__ = ("namespace", "collection", "statuses", "from_us", "until_us", "page_size", "page_token", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    FROM_US_FIELD_NUMBER: _ClassVar[int]
    UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    collection: str
    statuses: _containers.RepeatedScalarFieldContainer[Status]
    from_us: int
    until_us: int
    page_size: int
    page_token: str
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, namespace: _Optional[str] = ..., collection: _Optional[str] = ..., statuses: _Optional[_Iterable[_Union[Status, str]]] = ..., from_us: _Optional[int] = ..., until_us: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., attributes: _Optional[_Mapping[str, str]] = ..., **kwargs) -> None: ...

class ListTasksReply(_message.Message):
    __slots__ = ("tasks", "next_page_token")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    next_page_token: str
    def __init__(self, tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelTaskRequest(_message.Message):
    __slots__ = ("namespace", "task_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ...) -> None: ...

class CancelTaskReply(_message.Message):
    __slots__ = ("status", "cancel_requested")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CANCEL_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    status: Status
    cancel_requested: bool
    def __init__(self, status: _Optional[_Union[Status, str]] = ..., cancel_requested: _Optional[bool] = ...) -> None: ...

class RetryTaskRequest(_message.Message):
    __slots__ = ("namespace", "task_id", "request_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    request_token: bytes
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ..., request_token: _Optional[bytes] = ...) -> None: ...

class RetryTaskReply(_message.Message):
    __slots__ = ("task_id", "existed")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    EXISTED_FIELD_NUMBER: _ClassVar[int]
    task_id: bytes
    existed: bool
    def __init__(self, task_id: _Optional[bytes] = ..., existed: _Optional[bool] = ...) -> None: ...

class DeadLetterFilter(_message.Message):
    __slots__ = ("collection", "error_type", "cause", "from_us", "until_us")
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    ERROR_TYPE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    FROM_US_FIELD_NUMBER: _ClassVar[int]
    UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    collection: str
    error_type: str
    cause: str
    from_us: int
    until_us: int
    def __init__(self, collection: _Optional[str] = ..., error_type: _Optional[str] = ..., cause: _Optional[str] = ..., from_us: _Optional[int] = ..., until_us: _Optional[int] = ..., **kwargs) -> None: ...

class ListDeadLettersRequest(_message.Message):
    __slots__ = ("namespace", "filter", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    filter: DeadLetterFilter
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., filter: _Optional[_Union[DeadLetterFilter, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDeadLettersReply(_message.Message):
    __slots__ = ("tasks", "next_page_token")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    next_page_token: str
    def __init__(self, tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CountDeadLettersRequest(_message.Message):
    __slots__ = ("namespace", "filter")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    filter: DeadLetterFilter
    def __init__(self, namespace: _Optional[str] = ..., filter: _Optional[_Union[DeadLetterFilter, _Mapping]] = ...) -> None: ...

class CountDeadLettersReply(_message.Message):
    __slots__ = ("groups",)
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[DeadLetterGroup]
    def __init__(self, groups: _Optional[_Iterable[_Union[DeadLetterGroup, _Mapping]]] = ...) -> None: ...

class DeadLetterGroup(_message.Message):
    __slots__ = ("collection", "error_type", "cause", "count", "oldest_us", "newest_us")
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    ERROR_TYPE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    OLDEST_US_FIELD_NUMBER: _ClassVar[int]
    NEWEST_US_FIELD_NUMBER: _ClassVar[int]
    collection: str
    error_type: str
    cause: str
    count: int
    oldest_us: int
    newest_us: int
    def __init__(self, collection: _Optional[str] = ..., error_type: _Optional[str] = ..., cause: _Optional[str] = ..., count: _Optional[int] = ..., oldest_us: _Optional[int] = ..., newest_us: _Optional[int] = ..., **kwargs) -> None: ...

class StartSweepRequest(_message.Message):
    __slots__ = ("namespace", "kind", "filter", "rate_per_s", "asked_by", "reason", "request_token", "selection")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    RATE_PER_S_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SELECTION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    kind: SweepKind
    filter: DeadLetterFilter
    rate_per_s: float
    asked_by: str
    reason: str
    request_token: bytes
    selection: TaskSelection
    def __init__(self, namespace: _Optional[str] = ..., kind: _Optional[_Union[SweepKind, str]] = ..., filter: _Optional[_Union[DeadLetterFilter, _Mapping]] = ..., rate_per_s: _Optional[float] = ..., asked_by: _Optional[str] = ..., reason: _Optional[str] = ..., request_token: _Optional[bytes] = ..., selection: _Optional[_Union[TaskSelection, _Mapping]] = ...) -> None: ...

class StopSweepRequest(_message.Message):
    __slots__ = ("namespace", "sweep_id", "stopped_by")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SWEEP_ID_FIELD_NUMBER: _ClassVar[int]
    STOPPED_BY_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    sweep_id: bytes
    stopped_by: str
    def __init__(self, namespace: _Optional[str] = ..., sweep_id: _Optional[bytes] = ..., stopped_by: _Optional[str] = ...) -> None: ...

class ListSweepsRequest(_message.Message):
    __slots__ = ("namespace", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class ListSweepsReply(_message.Message):
    __slots__ = ("sweeps",)
    SWEEPS_FIELD_NUMBER: _ClassVar[int]
    sweeps: _containers.RepeatedCompositeFieldContainer[Sweep]
    def __init__(self, sweeps: _Optional[_Iterable[_Union[Sweep, _Mapping]]] = ...) -> None: ...

class Sweep(_message.Message):
    __slots__ = ("sweep_id", "kind", "status", "filter", "rate_per_s", "handled", "created_at_us", "ended_at_us", "asked_by", "reason", "stopped_by", "selection")
    SWEEP_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    RATE_PER_S_FIELD_NUMBER: _ClassVar[int]
    HANDLED_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_US_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_US_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STOPPED_BY_FIELD_NUMBER: _ClassVar[int]
    SELECTION_FIELD_NUMBER: _ClassVar[int]
    sweep_id: bytes
    kind: SweepKind
    status: SweepStatus
    filter: DeadLetterFilter
    rate_per_s: float
    handled: int
    created_at_us: int
    ended_at_us: int
    asked_by: str
    reason: str
    stopped_by: str
    selection: TaskSelection
    def __init__(self, sweep_id: _Optional[bytes] = ..., kind: _Optional[_Union[SweepKind, str]] = ..., status: _Optional[_Union[SweepStatus, str]] = ..., filter: _Optional[_Union[DeadLetterFilter, _Mapping]] = ..., rate_per_s: _Optional[float] = ..., handled: _Optional[int] = ..., created_at_us: _Optional[int] = ..., ended_at_us: _Optional[int] = ..., asked_by: _Optional[str] = ..., reason: _Optional[str] = ..., stopped_by: _Optional[str] = ..., selection: _Optional[_Union[TaskSelection, _Mapping]] = ...) -> None: ...

class TaskSelection(_message.Message):
    __slots__ = ("collection", "statuses", "scheduled_from_us", "scheduled_until_us", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_FROM_US_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    collection: str
    statuses: _containers.RepeatedScalarFieldContainer[Status]
    scheduled_from_us: int
    scheduled_until_us: int
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, collection: _Optional[str] = ..., statuses: _Optional[_Iterable[_Union[Status, str]]] = ..., scheduled_from_us: _Optional[int] = ..., scheduled_until_us: _Optional[int] = ..., attributes: _Optional[_Mapping[str, str]] = ..., **kwargs) -> None: ...

class PreviewSweepRequest(_message.Message):
    __slots__ = ("namespace", "kind", "selection")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SELECTION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    kind: SweepKind
    selection: TaskSelection
    def __init__(self, namespace: _Optional[str] = ..., kind: _Optional[_Union[SweepKind, str]] = ..., selection: _Optional[_Union[TaskSelection, _Mapping]] = ...) -> None: ...

class SelectedGroup(_message.Message):
    __slots__ = ("status", "count", "oldest_us", "newest_us")
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    OLDEST_US_FIELD_NUMBER: _ClassVar[int]
    NEWEST_US_FIELD_NUMBER: _ClassVar[int]
    status: Status
    count: int
    oldest_us: int
    newest_us: int
    def __init__(self, status: _Optional[_Union[Status, str]] = ..., count: _Optional[int] = ..., oldest_us: _Optional[int] = ..., newest_us: _Optional[int] = ..., **kwargs) -> None: ...

class PreviewSweepReply(_message.Message):
    __slots__ = ("groups", "first", "whole")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[SelectedGroup]
    first: _containers.RepeatedCompositeFieldContainer[Task]
    whole: bool
    def __init__(self, groups: _Optional[_Iterable[_Union[SelectedGroup, _Mapping]]] = ..., first: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., whole: _Optional[bool] = ...) -> None: ...

class AwaitTasksRequest(_message.Message):
    __slots__ = ("namespace", "task_ids", "wait_s")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    WAIT_S_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_ids: bytes
    wait_s: float
    def __init__(self, namespace: _Optional[str] = ..., task_ids: _Optional[bytes] = ..., wait_s: _Optional[float] = ...) -> None: ...

class AwaitTasksReply(_message.Message):
    __slots__ = ("ended", "unknown", "asked_ids")
    ENDED_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    ASKED_IDS_FIELD_NUMBER: _ClassVar[int]
    ended: _containers.RepeatedCompositeFieldContainer[Task]
    unknown: bytes
    asked_ids: bytes
    def __init__(self, ended: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., unknown: _Optional[bytes] = ..., asked_ids: _Optional[bytes] = ...) -> None: ...

class PeriodicDefinition(_message.Message):
    __slots__ = ("name", "cron", "every_us", "tz", "anchor_us", "payload", "collection", "priority", "misfire", "overlap", "jitter_us")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    CRON_FIELD_NUMBER: _ClassVar[int]
    EVERY_US_FIELD_NUMBER: _ClassVar[int]
    TZ_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_US_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    MISFIRE_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    JITTER_US_FIELD_NUMBER: _ClassVar[int]
    name: str
    cron: str
    every_us: int
    tz: str
    anchor_us: int
    payload: bytes
    collection: str
    priority: Priority
    misfire: Misfire
    overlap: Overlap
    jitter_us: int
    def __init__(self, name: _Optional[str] = ..., cron: _Optional[str] = ..., every_us: _Optional[int] = ..., tz: _Optional[str] = ..., anchor_us: _Optional[int] = ..., payload: _Optional[bytes] = ..., collection: _Optional[str] = ..., priority: _Optional[_Union[Priority, str]] = ..., misfire: _Optional[_Union[Misfire, str]] = ..., overlap: _Optional[_Union[Overlap, str]] = ..., jitter_us: _Optional[int] = ..., **kwargs) -> None: ...

class PeriodicSchedule(_message.Message):
    __slots__ = ("definition", "app", "paused", "retired", "next_tick_us", "last_tick_us", "last_task_id", "passed_tick_us", "passed")
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    RETIRED_FIELD_NUMBER: _ClassVar[int]
    NEXT_TICK_US_FIELD_NUMBER: _ClassVar[int]
    LAST_TICK_US_FIELD_NUMBER: _ClassVar[int]
    LAST_TASK_ID_FIELD_NUMBER: _ClassVar[int]
    PASSED_TICK_US_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    definition: PeriodicDefinition
    app: str
    paused: bool
    retired: bool
    next_tick_us: int
    last_tick_us: int
    last_task_id: bytes
    passed_tick_us: int
    passed: str
    def __init__(self, definition: _Optional[_Union[PeriodicDefinition, _Mapping]] = ..., app: _Optional[str] = ..., paused: _Optional[bool] = ..., retired: _Optional[bool] = ..., next_tick_us: _Optional[int] = ..., last_tick_us: _Optional[int] = ..., last_task_id: _Optional[bytes] = ..., passed_tick_us: _Optional[int] = ..., passed: _Optional[str] = ...) -> None: ...

class CreatePeriodicRequest(_message.Message):
    __slots__ = ("namespace", "definition")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    definition: PeriodicDefinition
    def __init__(self, namespace: _Optional[str] = ..., definition: _Optional[_Union[PeriodicDefinition, _Mapping]] = ...) -> None: ...

class CreatePeriodicReply(_message.Message):
    __slots__ = ("schedule", "warnings")
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    schedule: PeriodicSchedule
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, schedule: _Optional[_Union[PeriodicSchedule, _Mapping]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class GetPeriodicRequest(_message.Message):
    __slots__ = ("namespace", "name")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class GetPeriodicReply(_message.Message):
    __slots__ = ("schedule", "ticks_us", "task_ids")
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    TICKS_US_FIELD_NUMBER: _ClassVar[int]
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    schedule: PeriodicSchedule
    ticks_us: _containers.RepeatedScalarFieldContainer[int]
    task_ids: bytes
    def __init__(self, schedule: _Optional[_Union[PeriodicSchedule, _Mapping]] = ..., ticks_us: _Optional[_Iterable[int]] = ..., task_ids: _Optional[bytes] = ...) -> None: ...

class ListPeriodicRequest(_message.Message):
    __slots__ = ("namespace", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., **kwargs) -> None: ...

class ListPeriodicReply(_message.Message):
    __slots__ = ("schedules", "next_page_token")
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    schedules: _containers.RepeatedCompositeFieldContainer[PeriodicSchedule]
    next_page_token: str
    def __init__(self, schedules: _Optional[_Iterable[_Union[PeriodicSchedule, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeletePeriodicRequest(_message.Message):
    __slots__ = ("namespace", "name")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class DeletePeriodicReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PausePeriodicRequest(_message.Message):
    __slots__ = ("namespace", "name")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class ResumePeriodicRequest(_message.Message):
    __slots__ = ("namespace", "name")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class NextTicksRequest(_message.Message):
    __slots__ = ("namespace", "name", "count")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    count: int
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class NextTicksReply(_message.Message):
    __slots__ = ("ticks_us",)
    TICKS_US_FIELD_NUMBER: _ClassVar[int]
    ticks_us: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, ticks_us: _Optional[_Iterable[int]] = ...) -> None: ...

class BackfillPeriodicRequest(_message.Message):
    __slots__ = ("namespace", "name", "from_us", "until_us")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    FROM_US_FIELD_NUMBER: _ClassVar[int]
    UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    from_us: int
    until_us: int
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., from_us: _Optional[int] = ..., until_us: _Optional[int] = ...) -> None: ...

class BackfillPeriodicReply(_message.Message):
    __slots__ = ("made", "stood")
    MADE_FIELD_NUMBER: _ClassVar[int]
    STOOD_FIELD_NUMBER: _ClassVar[int]
    made: int
    stood: int
    def __init__(self, made: _Optional[int] = ..., stood: _Optional[int] = ...) -> None: ...

class Gate(_message.Message):
    __slots__ = ("collection", "state", "version", "since_us", "until_us", "reason", "who", "held")
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SINCE_US_FIELD_NUMBER: _ClassVar[int]
    UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    collection: str
    state: GateState
    version: int
    since_us: int
    until_us: int
    reason: str
    who: str
    held: int
    def __init__(self, collection: _Optional[str] = ..., state: _Optional[_Union[GateState, str]] = ..., version: _Optional[int] = ..., since_us: _Optional[int] = ..., until_us: _Optional[int] = ..., reason: _Optional[str] = ..., who: _Optional[str] = ..., held: _Optional[int] = ..., **kwargs) -> None: ...

class SetGateRequest(_message.Message):
    __slots__ = ("namespace", "collection", "state", "until_us", "for_us", "reason", "who", "request_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    FOR_US_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    collection: str
    state: GateState
    until_us: int
    for_us: int
    reason: str
    who: str
    request_token: bytes
    def __init__(self, namespace: _Optional[str] = ..., collection: _Optional[str] = ..., state: _Optional[_Union[GateState, str]] = ..., until_us: _Optional[int] = ..., for_us: _Optional[int] = ..., reason: _Optional[str] = ..., who: _Optional[str] = ..., request_token: _Optional[bytes] = ..., **kwargs) -> None: ...

class ListGatesRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ..., **kwargs) -> None: ...

class ListGatesReply(_message.Message):
    __slots__ = ("gates",)
    GATES_FIELD_NUMBER: _ClassVar[int]
    gates: _containers.RepeatedCompositeFieldContainer[Gate]
    def __init__(self, gates: _Optional[_Iterable[_Union[Gate, _Mapping]]] = ...) -> None: ...

class GateHistoryRequest(_message.Message):
    __slots__ = ("namespace", "collection", "before_version", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    BEFORE_VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    collection: str
    before_version: int
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., collection: _Optional[str] = ..., before_version: _Optional[int] = ..., limit: _Optional[int] = ..., **kwargs) -> None: ...

class GateLine(_message.Message):
    __slots__ = ("version", "at_us", "collection", "state", "until_us", "reason", "who")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AT_US_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    version: int
    at_us: int
    collection: str
    state: GateState
    until_us: int
    reason: str
    who: str
    def __init__(self, version: _Optional[int] = ..., at_us: _Optional[int] = ..., collection: _Optional[str] = ..., state: _Optional[_Union[GateState, str]] = ..., until_us: _Optional[int] = ..., reason: _Optional[str] = ..., who: _Optional[str] = ..., **kwargs) -> None: ...

class GateHistoryReply(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[GateLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[GateLine, _Mapping]]] = ...) -> None: ...

class Quota(_message.Message):
    __slots__ = ("kind", "priority", "amount", "burst", "declared", "in_force", "since_us", "reason", "who", "short_us")
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BURST_FIELD_NUMBER: _ClassVar[int]
    DECLARED_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    SINCE_US_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    SHORT_US_FIELD_NUMBER: _ClassVar[int]
    kind: QuotaKind
    priority: Priority
    amount: float
    burst: int
    declared: bool
    in_force: bool
    since_us: int
    reason: str
    who: str
    short_us: int
    def __init__(self, kind: _Optional[_Union[QuotaKind, str]] = ..., priority: _Optional[_Union[Priority, str]] = ..., amount: _Optional[float] = ..., burst: _Optional[int] = ..., declared: _Optional[bool] = ..., in_force: _Optional[bool] = ..., since_us: _Optional[int] = ..., reason: _Optional[str] = ..., who: _Optional[str] = ..., short_us: _Optional[int] = ..., **kwargs) -> None: ...

class SetQuotaRequest(_message.Message):
    __slots__ = ("namespace", "kind", "priority", "amount", "burst", "reason", "who", "request_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BURST_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    kind: QuotaKind
    priority: Priority
    amount: float
    burst: int
    reason: str
    who: str
    request_token: bytes
    def __init__(self, namespace: _Optional[str] = ..., kind: _Optional[_Union[QuotaKind, str]] = ..., priority: _Optional[_Union[Priority, str]] = ..., amount: _Optional[float] = ..., burst: _Optional[int] = ..., reason: _Optional[str] = ..., who: _Optional[str] = ..., request_token: _Optional[bytes] = ..., **kwargs) -> None: ...

class SetQuotaReply(_message.Message):
    __slots__ = ("quotas",)
    QUOTAS_FIELD_NUMBER: _ClassVar[int]
    quotas: _containers.RepeatedCompositeFieldContainer[Quota]
    def __init__(self, quotas: _Optional[_Iterable[_Union[Quota, _Mapping]]] = ...) -> None: ...

class ListQuotasRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ..., **kwargs) -> None: ...

class ListQuotasReply(_message.Message):
    __slots__ = ("quotas",)
    QUOTAS_FIELD_NUMBER: _ClassVar[int]
    quotas: _containers.RepeatedCompositeFieldContainer[Quota]
    def __init__(self, quotas: _Optional[_Iterable[_Union[Quota, _Mapping]]] = ...) -> None: ...

class QuotaHistoryRequest(_message.Message):
    __slots__ = ("namespace", "before_version", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    BEFORE_VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    before_version: int
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., before_version: _Optional[int] = ..., limit: _Optional[int] = ..., **kwargs) -> None: ...

class QuotaLine(_message.Message):
    __slots__ = ("version", "at_us", "kind", "priority", "amount", "burst", "reason", "who")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AT_US_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BURST_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    version: int
    at_us: int
    kind: QuotaKind
    priority: Priority
    amount: float
    burst: int
    reason: str
    who: str
    def __init__(self, version: _Optional[int] = ..., at_us: _Optional[int] = ..., kind: _Optional[_Union[QuotaKind, str]] = ..., priority: _Optional[_Union[Priority, str]] = ..., amount: _Optional[float] = ..., burst: _Optional[int] = ..., reason: _Optional[str] = ..., who: _Optional[str] = ..., **kwargs) -> None: ...

class QuotaHistoryReply(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[QuotaLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[QuotaLine, _Mapping]]] = ...) -> None: ...

class Explanation(_message.Message):
    __slots__ = ("code", "sentence", "remedy", "notes")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    code: str
    sentence: str
    remedy: str
    notes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, code: _Optional[str] = ..., sentence: _Optional[str] = ..., remedy: _Optional[str] = ..., notes: _Optional[_Iterable[str]] = ...) -> None: ...

class Attendance(_message.Message):
    __slots__ = ("ready", "busy", "silent", "stopping", "quarantine_ready", "quarantine_busy", "credit", "busy_us")
    READY_FIELD_NUMBER: _ClassVar[int]
    BUSY_FIELD_NUMBER: _ClassVar[int]
    SILENT_FIELD_NUMBER: _ClassVar[int]
    STOPPING_FIELD_NUMBER: _ClassVar[int]
    QUARANTINE_READY_FIELD_NUMBER: _ClassVar[int]
    QUARANTINE_BUSY_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    BUSY_US_FIELD_NUMBER: _ClassVar[int]
    ready: int
    busy: int
    silent: int
    stopping: int
    quarantine_ready: int
    quarantine_busy: int
    credit: int
    busy_us: int
    def __init__(self, ready: _Optional[int] = ..., busy: _Optional[int] = ..., silent: _Optional[int] = ..., stopping: _Optional[int] = ..., quarantine_ready: _Optional[int] = ..., quarantine_busy: _Optional[int] = ..., credit: _Optional[int] = ..., busy_us: _Optional[int] = ...) -> None: ...

class ExplainTaskRequest(_message.Message):
    __slots__ = ("namespace", "task_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ...) -> None: ...

class ExplainTaskReply(_message.Message):
    __slots__ = ("explanation", "task", "gate", "attendance", "older", "drain_per_s", "periodic", "attempts_max", "now_us")
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    ATTENDANCE_FIELD_NUMBER: _ClassVar[int]
    OLDER_FIELD_NUMBER: _ClassVar[int]
    DRAIN_PER_S_FIELD_NUMBER: _ClassVar[int]
    PERIODIC_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    NOW_US_FIELD_NUMBER: _ClassVar[int]
    explanation: Explanation
    task: Task
    gate: Gate
    attendance: Attendance
    older: int
    drain_per_s: float
    periodic: str
    attempts_max: int
    now_us: int
    def __init__(self, explanation: _Optional[_Union[Explanation, _Mapping]] = ..., task: _Optional[_Union[Task, _Mapping]] = ..., gate: _Optional[_Union[Gate, _Mapping]] = ..., attendance: _Optional[_Union[Attendance, _Mapping]] = ..., older: _Optional[int] = ..., drain_per_s: _Optional[float] = ..., periodic: _Optional[str] = ..., attempts_max: _Optional[int] = ..., now_us: _Optional[int] = ...) -> None: ...

class Lane(_message.Message):
    __slots__ = ("priority", "registered", "due", "later", "backing_off", "held", "enqueued", "claimed", "processing", "suspects", "oldest_due_us", "drain_per_s", "attendance")
    class HeldEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    LATER_FIELD_NUMBER: _ClassVar[int]
    BACKING_OFF_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    ENQUEUED_FIELD_NUMBER: _ClassVar[int]
    CLAIMED_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_FIELD_NUMBER: _ClassVar[int]
    SUSPECTS_FIELD_NUMBER: _ClassVar[int]
    OLDEST_DUE_US_FIELD_NUMBER: _ClassVar[int]
    DRAIN_PER_S_FIELD_NUMBER: _ClassVar[int]
    ATTENDANCE_FIELD_NUMBER: _ClassVar[int]
    priority: Priority
    registered: bool
    due: int
    later: int
    backing_off: int
    held: _containers.ScalarMap[str, int]
    enqueued: int
    claimed: int
    processing: int
    suspects: int
    oldest_due_us: int
    drain_per_s: float
    attendance: Attendance
    def __init__(self, priority: _Optional[_Union[Priority, str]] = ..., registered: _Optional[bool] = ..., due: _Optional[int] = ..., later: _Optional[int] = ..., backing_off: _Optional[int] = ..., held: _Optional[_Mapping[str, int]] = ..., enqueued: _Optional[int] = ..., claimed: _Optional[int] = ..., processing: _Optional[int] = ..., suspects: _Optional[int] = ..., oldest_due_us: _Optional[int] = ..., drain_per_s: _Optional[float] = ..., attendance: _Optional[_Union[Attendance, _Mapping]] = ..., **kwargs) -> None: ...

class ExplainLaneRequest(_message.Message):
    __slots__ = ("namespace", "priority")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    priority: Priority
    def __init__(self, namespace: _Optional[str] = ..., priority: _Optional[_Union[Priority, str]] = ..., **kwargs) -> None: ...

class ExplainLaneReply(_message.Message):
    __slots__ = ("explanation", "lanes", "gates", "now_us", "whole")
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    GATES_FIELD_NUMBER: _ClassVar[int]
    NOW_US_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    explanation: Explanation
    lanes: _containers.RepeatedCompositeFieldContainer[Lane]
    gates: _containers.RepeatedCompositeFieldContainer[Gate]
    now_us: int
    whole: bool
    def __init__(self, explanation: _Optional[_Union[Explanation, _Mapping]] = ..., lanes: _Optional[_Iterable[_Union[Lane, _Mapping]]] = ..., gates: _Optional[_Iterable[_Union[Gate, _Mapping]]] = ..., now_us: _Optional[int] = ..., whole: _Optional[bool] = ...) -> None: ...

class ListLanesRequest(_message.Message):
    __slots__ = ("namespace", "after_lambda", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    AFTER_LAMBDA_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    after_lambda: str
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., after_lambda: _Optional[str] = ..., limit: _Optional[int] = ..., **kwargs) -> None: ...

class ListLanesReply(_message.Message):
    __slots__ = ("lanes", "next_after", "now_us", "whole")
    LANES_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_FIELD_NUMBER: _ClassVar[int]
    NOW_US_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    lanes: _containers.RepeatedCompositeFieldContainer[Lane]
    next_after: str
    now_us: int
    whole: bool
    def __init__(self, lanes: _Optional[_Iterable[_Union[Lane, _Mapping]]] = ..., next_after: _Optional[str] = ..., now_us: _Optional[int] = ..., whole: _Optional[bool] = ...) -> None: ...

class GetServerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServerInfoReply(_message.Message):
    __slots__ = ("version", "clock_us", "facts")
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CLOCK_US_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    version: str
    clock_us: int
    facts: _containers.ScalarMap[str, str]
    def __init__(self, version: _Optional[str] = ..., clock_us: _Optional[int] = ..., facts: _Optional[_Mapping[str, str]] = ...) -> None: ...

class AccessToken(_message.Message):
    __slots__ = ("id", "name", "role", "namespaces", "created_at_us", "created_by", "expires_at_us", "revoked_at_us", "revoked_by", "last_used_at_us")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NAMESPACES_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_US_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_US_FIELD_NUMBER: _ClassVar[int]
    REVOKED_AT_US_FIELD_NUMBER: _ClassVar[int]
    REVOKED_BY_FIELD_NUMBER: _ClassVar[int]
    LAST_USED_AT_US_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    role: str
    namespaces: _containers.RepeatedScalarFieldContainer[str]
    created_at_us: int
    created_by: str
    expires_at_us: int
    revoked_at_us: int
    revoked_by: str
    last_used_at_us: int
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., role: _Optional[str] = ..., namespaces: _Optional[_Iterable[str]] = ..., created_at_us: _Optional[int] = ..., created_by: _Optional[str] = ..., expires_at_us: _Optional[int] = ..., revoked_at_us: _Optional[int] = ..., revoked_by: _Optional[str] = ..., last_used_at_us: _Optional[int] = ...) -> None: ...

class CreateTokenRequest(_message.Message):
    __slots__ = ("name", "role", "namespaces", "expires_in_s")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NAMESPACES_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_S_FIELD_NUMBER: _ClassVar[int]
    name: str
    role: str
    namespaces: _containers.RepeatedScalarFieldContainer[str]
    expires_in_s: float
    def __init__(self, name: _Optional[str] = ..., role: _Optional[str] = ..., namespaces: _Optional[_Iterable[str]] = ..., expires_in_s: _Optional[float] = ...) -> None: ...

class CreateTokenReply(_message.Message):
    __slots__ = ("token", "text")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    token: AccessToken
    text: str
    def __init__(self, token: _Optional[_Union[AccessToken, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class ListTokensRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListTokensReply(_message.Message):
    __slots__ = ("tokens",)
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    tokens: _containers.RepeatedCompositeFieldContainer[AccessToken]
    def __init__(self, tokens: _Optional[_Iterable[_Union[AccessToken, _Mapping]]] = ...) -> None: ...

class RevokeTokenRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class WorkRequest(_message.Message):
    __slots__ = ("hello", "credit_total", "stamp_us", "stopping", "waiting", "results")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    CREDIT_TOTAL_FIELD_NUMBER: _ClassVar[int]
    STAMP_US_FIELD_NUMBER: _ClassVar[int]
    STOPPING_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    credit_total: int
    stamp_us: int
    stopping: bool
    waiting: bool
    results: _containers.RepeatedCompositeFieldContainer[NumberedResults]
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., credit_total: _Optional[int] = ..., stamp_us: _Optional[int] = ..., stopping: _Optional[bool] = ..., waiting: _Optional[bool] = ..., results: _Optional[_Iterable[_Union[NumberedResults, _Mapping]]] = ...) -> None: ...

class NumberedResults(_message.Message):
    __slots__ = ("number", "results")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    number: int
    results: SetResultsRequest
    def __init__(self, number: _Optional[int] = ..., results: _Optional[_Union[SetResultsRequest, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("executor", "namespace", "lambdas", "version", "locality", "quarantine")
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDAS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LOCALITY_FIELD_NUMBER: _ClassVar[int]
    QUARANTINE_FIELD_NUMBER: _ClassVar[int]
    executor: str
    namespace: str
    lambdas: _containers.RepeatedScalarFieldContainer[str]
    version: str
    locality: str
    quarantine: bool
    def __init__(self, executor: _Optional[str] = ..., namespace: _Optional[str] = ..., lambdas: _Optional[_Iterable[str]] = ..., version: _Optional[str] = ..., locality: _Optional[str] = ..., quarantine: _Optional[bool] = ...) -> None: ...

class WorkReply(_message.Message):
    __slots__ = ("assignments", "cancels", "quarantine_wanted", "lease_s", "heartbeat_s", "gates", "takes_results", "settled")
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    CANCELS_FIELD_NUMBER: _ClassVar[int]
    QUARANTINE_WANTED_FIELD_NUMBER: _ClassVar[int]
    LEASE_S_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_S_FIELD_NUMBER: _ClassVar[int]
    GATES_FIELD_NUMBER: _ClassVar[int]
    TAKES_RESULTS_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    assignments: Assignments
    cancels: _containers.RepeatedCompositeFieldContainer[ClaimKey]
    quarantine_wanted: _containers.RepeatedScalarFieldContainer[str]
    lease_s: float
    heartbeat_s: float
    gates: GateNews
    takes_results: bool
    settled: _containers.RepeatedCompositeFieldContainer[SettledResults]
    def __init__(self, assignments: _Optional[_Union[Assignments, _Mapping]] = ..., cancels: _Optional[_Iterable[_Union[ClaimKey, _Mapping]]] = ..., quarantine_wanted: _Optional[_Iterable[str]] = ..., lease_s: _Optional[float] = ..., heartbeat_s: _Optional[float] = ..., gates: _Optional[_Union[GateNews, _Mapping]] = ..., takes_results: _Optional[bool] = ..., settled: _Optional[_Iterable[_Union[SettledResults, _Mapping]]] = ...) -> None: ...

class SettledResults(_message.Message):
    __slots__ = ("number", "refused", "problem", "repeatable")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    REPEATABLE_FIELD_NUMBER: _ClassVar[int]
    number: int
    refused: bytes
    problem: str
    repeatable: bool
    def __init__(self, number: _Optional[int] = ..., refused: _Optional[bytes] = ..., problem: _Optional[str] = ..., repeatable: _Optional[bool] = ...) -> None: ...

class GateNews(_message.Message):
    __slots__ = ("checked_us", "collections")
    CHECKED_US_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    COLLECTIONS_FIELD_NUMBER: _ClassVar[int]
    checked_us: int
    collections: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, checked_us: _Optional[int] = ..., collections: _Optional[_Iterable[str]] = ..., **kwargs) -> None: ...

class ClaimKey(_message.Message):
    __slots__ = ("task_id", "claim")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    task_id: bytes
    claim: int
    def __init__(self, task_id: _Optional[bytes] = ..., claim: _Optional[int] = ...) -> None: ...

class Assignments(_message.Message):
    __slots__ = ("stamp_us", "task_ids", "claims", "payloads", "attempts", "scheduled_at_us", "collections", "priorities", "checked_us", "deliveries")
    STAMP_US_FIELD_NUMBER: _ClassVar[int]
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    PAYLOADS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_AT_US_FIELD_NUMBER: _ClassVar[int]
    COLLECTIONS_FIELD_NUMBER: _ClassVar[int]
    PRIORITIES_FIELD_NUMBER: _ClassVar[int]
    CHECKED_US_FIELD_NUMBER: _ClassVar[int]
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    stamp_us: int
    task_ids: bytes
    claims: _containers.RepeatedScalarFieldContainer[int]
    payloads: _containers.RepeatedScalarFieldContainer[bytes]
    attempts: _containers.RepeatedScalarFieldContainer[int]
    scheduled_at_us: _containers.RepeatedScalarFieldContainer[int]
    collections: _containers.RepeatedScalarFieldContainer[str]
    priorities: _containers.RepeatedScalarFieldContainer[int]
    checked_us: int
    deliveries: Deliveries
    def __init__(self, stamp_us: _Optional[int] = ..., task_ids: _Optional[bytes] = ..., claims: _Optional[_Iterable[int]] = ..., payloads: _Optional[_Iterable[bytes]] = ..., attempts: _Optional[_Iterable[int]] = ..., scheduled_at_us: _Optional[_Iterable[int]] = ..., collections: _Optional[_Iterable[str]] = ..., priorities: _Optional[_Iterable[int]] = ..., checked_us: _Optional[int] = ..., deliveries: _Optional[_Union[Deliveries, _Mapping]] = ..., **kwargs) -> None: ...

class HeartbeatRequest(_message.Message):
    __slots__ = ("executor", "task_ids", "claims", "started", "run_us", "namespace", "progress")
    class ProgressEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: Progress
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[Progress, _Mapping]] = ...) -> None: ...
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    RUN_US_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    executor: str
    task_ids: bytes
    claims: _containers.RepeatedScalarFieldContainer[int]
    started: _containers.RepeatedScalarFieldContainer[bool]
    run_us: _containers.RepeatedScalarFieldContainer[int]
    namespace: str
    progress: _containers.MessageMap[int, Progress]
    def __init__(self, executor: _Optional[str] = ..., task_ids: _Optional[bytes] = ..., claims: _Optional[_Iterable[int]] = ..., started: _Optional[_Iterable[bool]] = ..., run_us: _Optional[_Iterable[int]] = ..., namespace: _Optional[str] = ..., progress: _Optional[_Mapping[int, Progress]] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("done", "total", "message", "at_us", "claim")
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    AT_US_FIELD_NUMBER: _ClassVar[int]
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    done: float
    total: float
    message: str
    at_us: int
    claim: int
    def __init__(self, done: _Optional[float] = ..., total: _Optional[float] = ..., message: _Optional[str] = ..., at_us: _Optional[int] = ..., claim: _Optional[int] = ...) -> None: ...

class HeartbeatReply(_message.Message):
    __slots__ = ("refused", "cancel_requested")
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    CANCEL_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    refused: bytes
    cancel_requested: bytes
    def __init__(self, refused: _Optional[bytes] = ..., cancel_requested: _Optional[bytes] = ...) -> None: ...

class ResultError(_message.Message):
    __slots__ = ("type", "message", "traceback")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TRACEBACK_FIELD_NUMBER: _ClassVar[int]
    type: str
    message: str
    traceback: str
    def __init__(self, type: _Optional[str] = ..., message: _Optional[str] = ..., traceback: _Optional[str] = ...) -> None: ...

class SetResultsRequest(_message.Message):
    __slots__ = ("executor", "task_ids", "claims", "endings", "results", "run_us", "errors", "retry_delay_s", "results_left_out", "namespace", "upto", "failed_at")
    class ErrorsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: ResultError
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[ResultError, _Mapping]] = ...) -> None: ...
    class RetryDelaySEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: float
        def __init__(self, key: _Optional[int] = ..., value: _Optional[float] = ...) -> None: ...
    class FailedAtEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: int
        def __init__(self, key: _Optional[int] = ..., value: _Optional[int] = ...) -> None: ...
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    ENDINGS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    RUN_US_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_S_FIELD_NUMBER: _ClassVar[int]
    RESULTS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    UPTO_FIELD_NUMBER: _ClassVar[int]
    FAILED_AT_FIELD_NUMBER: _ClassVar[int]
    executor: str
    task_ids: bytes
    claims: _containers.RepeatedScalarFieldContainer[int]
    endings: _containers.RepeatedScalarFieldContainer[Ending]
    results: _containers.RepeatedScalarFieldContainer[bytes]
    run_us: _containers.RepeatedScalarFieldContainer[int]
    errors: _containers.MessageMap[int, ResultError]
    retry_delay_s: _containers.ScalarMap[int, float]
    results_left_out: _containers.RepeatedScalarFieldContainer[int]
    namespace: str
    upto: _containers.RepeatedScalarFieldContainer[int]
    failed_at: _containers.ScalarMap[int, int]
    def __init__(self, executor: _Optional[str] = ..., task_ids: _Optional[bytes] = ..., claims: _Optional[_Iterable[int]] = ..., endings: _Optional[_Iterable[_Union[Ending, str]]] = ..., results: _Optional[_Iterable[bytes]] = ..., run_us: _Optional[_Iterable[int]] = ..., errors: _Optional[_Mapping[int, ResultError]] = ..., retry_delay_s: _Optional[_Mapping[int, float]] = ..., results_left_out: _Optional[_Iterable[int]] = ..., namespace: _Optional[str] = ..., upto: _Optional[_Iterable[int]] = ..., failed_at: _Optional[_Mapping[int, int]] = ...) -> None: ...

class ExecutorGoneRequest(_message.Message):
    __slots__ = ("executor", "namespace")
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    executor: str
    namespace: str
    def __init__(self, executor: _Optional[str] = ..., namespace: _Optional[str] = ...) -> None: ...

class ExecutorGoneReply(_message.Message):
    __slots__ = ("released",)
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    released: int
    def __init__(self, released: _Optional[int] = ...) -> None: ...

class SetResultsReply(_message.Message):
    __slots__ = ("refused",)
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    refused: bytes
    def __init__(self, refused: _Optional[bytes] = ...) -> None: ...

class ListParentsRequest(_message.Message):
    __slots__ = ("namespace", "task_id", "from_place")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_PLACE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    from_place: int
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ..., from_place: _Optional[int] = ...) -> None: ...

class ListParentsReply(_message.Message):
    __slots__ = ("parents", "next_place")
    PARENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PLACE_FIELD_NUMBER: _ClassVar[int]
    parents: _containers.RepeatedCompositeFieldContainer[Task]
    next_place: int
    def __init__(self, parents: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., next_place: _Optional[int] = ...) -> None: ...

class TreeLink(_message.Message):
    __slots__ = ("kin", "upper", "lower")
    KIN_FIELD_NUMBER: _ClassVar[int]
    UPPER_FIELD_NUMBER: _ClassVar[int]
    LOWER_FIELD_NUMBER: _ClassVar[int]
    kin: Kin
    upper: bytes
    lower: bytes
    def __init__(self, kin: _Optional[_Union[Kin, str]] = ..., upper: _Optional[bytes] = ..., lower: _Optional[bytes] = ...) -> None: ...

class GetTreeRequest(_message.Message):
    __slots__ = ("namespace", "task_id", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ..., limit: _Optional[int] = ...) -> None: ...

class GetTreeReply(_message.Message):
    __slots__ = ("tasks", "links", "cut")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    CUT_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    links: _containers.RepeatedCompositeFieldContainer[TreeLink]
    cut: bool
    def __init__(self, tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., links: _Optional[_Iterable[_Union[TreeLink, _Mapping]]] = ..., cut: _Optional[bool] = ...) -> None: ...

class CancelTreeRequest(_message.Message):
    __slots__ = ("namespace", "task_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    task_id: bytes
    def __init__(self, namespace: _Optional[str] = ..., task_id: _Optional[bytes] = ...) -> None: ...

class CancelTreeReply(_message.Message):
    __slots__ = ("cancelled", "asked_to_stop", "done", "cut")
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    ASKED_TO_STOP_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    CUT_FIELD_NUMBER: _ClassVar[int]
    cancelled: int
    asked_to_stop: int
    done: bool
    cut: bool
    def __init__(self, cancelled: _Optional[int] = ..., asked_to_stop: _Optional[int] = ..., done: _Optional[bool] = ..., cut: _Optional[bool] = ...) -> None: ...

class EventGroup(_message.Message):
    __slots__ = ("stream", "data", "subjects", "types", "sources", "ids", "times_us", "content_types", "extensions", "expected")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    TIMES_US_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPES_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    stream: str
    data: _containers.RepeatedScalarFieldContainer[bytes]
    subjects: _containers.RepeatedScalarFieldContainer[str]
    types: _containers.RepeatedScalarFieldContainer[str]
    sources: _containers.RepeatedScalarFieldContainer[str]
    ids: _containers.RepeatedScalarFieldContainer[str]
    times_us: _containers.RepeatedScalarFieldContainer[int]
    content_types: _containers.RepeatedScalarFieldContainer[str]
    extensions: _containers.RepeatedCompositeFieldContainer[EventExtensions]
    expected: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, stream: _Optional[str] = ..., data: _Optional[_Iterable[bytes]] = ..., subjects: _Optional[_Iterable[str]] = ..., types: _Optional[_Iterable[str]] = ..., sources: _Optional[_Iterable[str]] = ..., ids: _Optional[_Iterable[str]] = ..., times_us: _Optional[_Iterable[int]] = ..., content_types: _Optional[_Iterable[str]] = ..., extensions: _Optional[_Iterable[_Union[EventExtensions, _Mapping]]] = ..., expected: _Optional[_Iterable[int]] = ...) -> None: ...

class EventExtensions(_message.Message):
    __slots__ = ("attributes",)
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class PublishRequest(_message.Message):
    __slots__ = ("namespace", "groups", "request_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    groups: _containers.RepeatedCompositeFieldContainer[EventGroup]
    request_token: bytes
    def __init__(self, namespace: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[EventGroup, _Mapping]]] = ..., request_token: _Optional[bytes] = ...) -> None: ...

class PublishReply(_message.Message):
    __slots__ = ("sequences", "existing")
    SEQUENCES_FIELD_NUMBER: _ClassVar[int]
    EXISTING_FIELD_NUMBER: _ClassVar[int]
    sequences: _containers.RepeatedScalarFieldContainer[int]
    existing: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, sequences: _Optional[_Iterable[int]] = ..., existing: _Optional[_Iterable[int]] = ...) -> None: ...

class Stream(_message.Message):
    __slots__ = ("name", "created_at_us", "keep_s", "subjects", "events", "newest_at_us", "hold_s", "blocked_s", "unseen_s", "schema_subject")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_US_FIELD_NUMBER: _ClassVar[int]
    KEEP_S_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEWEST_AT_US_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_S_FIELD_NUMBER: _ClassVar[int]
    UNSEEN_S_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_SUBJECT_FIELD_NUMBER: _ClassVar[int]
    name: str
    created_at_us: int
    keep_s: float
    subjects: int
    events: int
    newest_at_us: int
    hold_s: float
    blocked_s: float
    unseen_s: float
    schema_subject: str
    def __init__(self, name: _Optional[str] = ..., created_at_us: _Optional[int] = ..., keep_s: _Optional[float] = ..., subjects: _Optional[int] = ..., events: _Optional[int] = ..., newest_at_us: _Optional[int] = ..., hold_s: _Optional[float] = ..., blocked_s: _Optional[float] = ..., unseen_s: _Optional[float] = ..., schema_subject: _Optional[str] = ...) -> None: ...

class ListStreamsRequest(_message.Message):
    __slots__ = ("namespace", "stream", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStreamsReply(_message.Message):
    __slots__ = ("streams", "next_page_token")
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    streams: _containers.RepeatedCompositeFieldContainer[Stream]
    next_page_token: str
    def __init__(self, streams: _Optional[_Iterable[_Union[Stream, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SetStreamRequest(_message.Message):
    __slots__ = ("namespace", "stream", "keep_s", "hold_s", "blocked_s", "unseen_s")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    KEEP_S_FIELD_NUMBER: _ClassVar[int]
    HOLD_S_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_S_FIELD_NUMBER: _ClassVar[int]
    UNSEEN_S_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    keep_s: float
    hold_s: float
    blocked_s: float
    unseen_s: float
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., keep_s: _Optional[float] = ..., hold_s: _Optional[float] = ..., blocked_s: _Optional[float] = ..., unseen_s: _Optional[float] = ...) -> None: ...

class SetStreamSchemaRequest(_message.Message):
    __slots__ = ("namespace", "stream", "subject")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    subject: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., subject: _Optional[str] = ...) -> None: ...

class ListSubjectsRequest(_message.Message):
    __slots__ = ("namespace", "stream", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class SubjectHead(_message.Message):
    __slots__ = ("subject", "sequence", "appended", "appended_at_us")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    APPENDED_FIELD_NUMBER: _ClassVar[int]
    APPENDED_AT_US_FIELD_NUMBER: _ClassVar[int]
    subject: str
    sequence: int
    appended: int
    appended_at_us: int
    def __init__(self, subject: _Optional[str] = ..., sequence: _Optional[int] = ..., appended: _Optional[int] = ..., appended_at_us: _Optional[int] = ...) -> None: ...

class ListSubjectsReply(_message.Message):
    __slots__ = ("subjects", "next_page_token")
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    subjects: _containers.RepeatedCompositeFieldContainer[SubjectHead]
    next_page_token: str
    def __init__(self, subjects: _Optional[_Iterable[_Union[SubjectHead, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ReadEventsRequest(_message.Message):
    __slots__ = ("namespace", "stream", "subject", "after", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    subject: str
    after: int
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., subject: _Optional[str] = ..., after: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("stream", "subject", "sequence", "appended_at_us", "source", "id", "type", "time_us", "content_type", "data", "extensions")
    class ExtensionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    APPENDED_AT_US_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TIME_US_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    stream: str
    subject: str
    sequence: int
    appended_at_us: int
    source: str
    id: str
    type: str
    time_us: int
    content_type: str
    data: bytes
    extensions: _containers.ScalarMap[str, str]
    def __init__(self, stream: _Optional[str] = ..., subject: _Optional[str] = ..., sequence: _Optional[int] = ..., appended_at_us: _Optional[int] = ..., source: _Optional[str] = ..., id: _Optional[str] = ..., type: _Optional[str] = ..., time_us: _Optional[int] = ..., content_type: _Optional[str] = ..., data: _Optional[bytes] = ..., extensions: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ReadEventsReply(_message.Message):
    __slots__ = ("events", "next_page_token", "head")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    next_page_token: str
    head: int
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., head: _Optional[int] = ...) -> None: ...

class PingGroup(_message.Message):
    __slots__ = ("stream", "subjects", "sequences")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCES_FIELD_NUMBER: _ClassVar[int]
    stream: str
    subjects: _containers.RepeatedScalarFieldContainer[str]
    sequences: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, stream: _Optional[str] = ..., subjects: _Optional[_Iterable[str]] = ..., sequences: _Optional[_Iterable[int]] = ...) -> None: ...

class PingRequest(_message.Message):
    __slots__ = ("namespace", "groups")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    groups: _containers.RepeatedCompositeFieldContainer[PingGroup]
    def __init__(self, namespace: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[PingGroup, _Mapping]]] = ...) -> None: ...

class PingReply(_message.Message):
    __slots__ = ("subjects",)
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    subjects: int
    def __init__(self, subjects: _Optional[int] = ...) -> None: ...

class Subscription(_message.Message):
    __slots__ = ("stream", "order", "batch_max", "types", "attributes", "start_at_us", "after", "when_dead", "filter")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    STREAM_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    BATCH_MAX_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    START_AT_US_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    WHEN_DEAD_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    stream: str
    order: SubscriptionOrder
    batch_max: int
    types: _containers.RepeatedScalarFieldContainer[str]
    attributes: _containers.ScalarMap[str, str]
    start_at_us: int
    after: _containers.RepeatedScalarFieldContainer[str]
    when_dead: WhenDead
    filter: str
    def __init__(self, stream: _Optional[str] = ..., order: _Optional[_Union[SubscriptionOrder, str]] = ..., batch_max: _Optional[int] = ..., types: _Optional[_Iterable[str]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., start_at_us: _Optional[int] = ..., after: _Optional[_Iterable[str]] = ..., when_dead: _Optional[_Union[WhenDead, str]] = ..., filter: _Optional[str] = ...) -> None: ...

class Deliveries(_message.Message):
    __slots__ = ("positions", "streams", "subjects", "after", "upto", "counts", "sequences", "data", "types", "sources", "ids", "times_us", "appended_at_us", "content_types", "extensions")
    class ExtensionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: EventExtensions
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[EventExtensions, _Mapping]] = ...) -> None: ...
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    UPTO_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    TIMES_US_FIELD_NUMBER: _ClassVar[int]
    APPENDED_AT_US_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPES_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedScalarFieldContainer[int]
    streams: _containers.RepeatedScalarFieldContainer[str]
    subjects: _containers.RepeatedScalarFieldContainer[str]
    after: _containers.RepeatedScalarFieldContainer[int]
    upto: _containers.RepeatedScalarFieldContainer[int]
    counts: _containers.RepeatedScalarFieldContainer[int]
    sequences: _containers.RepeatedScalarFieldContainer[int]
    data: _containers.RepeatedScalarFieldContainer[bytes]
    types: _containers.RepeatedScalarFieldContainer[str]
    sources: _containers.RepeatedScalarFieldContainer[str]
    ids: _containers.RepeatedScalarFieldContainer[str]
    times_us: _containers.RepeatedScalarFieldContainer[int]
    appended_at_us: _containers.RepeatedScalarFieldContainer[int]
    content_types: _containers.RepeatedScalarFieldContainer[str]
    extensions: _containers.MessageMap[int, EventExtensions]
    def __init__(self, positions: _Optional[_Iterable[int]] = ..., streams: _Optional[_Iterable[str]] = ..., subjects: _Optional[_Iterable[str]] = ..., after: _Optional[_Iterable[int]] = ..., upto: _Optional[_Iterable[int]] = ..., counts: _Optional[_Iterable[int]] = ..., sequences: _Optional[_Iterable[int]] = ..., data: _Optional[_Iterable[bytes]] = ..., types: _Optional[_Iterable[str]] = ..., sources: _Optional[_Iterable[str]] = ..., ids: _Optional[_Iterable[str]] = ..., times_us: _Optional[_Iterable[int]] = ..., appended_at_us: _Optional[_Iterable[int]] = ..., content_types: _Optional[_Iterable[str]] = ..., extensions: _Optional[_Mapping[int, EventExtensions]] = ...) -> None: ...

class RefreshFinding(_message.Message):
    __slots__ = ("subscription", "subject", "trouble", "cursor", "head", "attempts", "crashes", "stands_us", "seen_at_us")
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TROUBLE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    CRASHES_FIELD_NUMBER: _ClassVar[int]
    STANDS_US_FIELD_NUMBER: _ClassVar[int]
    SEEN_AT_US_FIELD_NUMBER: _ClassVar[int]
    subscription: str
    subject: str
    trouble: Trouble
    cursor: int
    head: int
    attempts: int
    crashes: int
    stands_us: int
    seen_at_us: int
    def __init__(self, subscription: _Optional[str] = ..., subject: _Optional[str] = ..., trouble: _Optional[_Union[Trouble, str]] = ..., cursor: _Optional[int] = ..., head: _Optional[int] = ..., attempts: _Optional[int] = ..., crashes: _Optional[int] = ..., stands_us: _Optional[int] = ..., seen_at_us: _Optional[int] = ...) -> None: ...

class RefreshLoop(_message.Message):
    __slots__ = ("stream", "full", "began_at_us", "subjects", "behind", "troubled", "last_began_at_us", "last_ended_at_us", "last_subjects", "last_behind", "last_troubled", "next_at_us", "asked_by")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    FULL_FIELD_NUMBER: _ClassVar[int]
    BEGAN_AT_US_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    BEHIND_FIELD_NUMBER: _ClassVar[int]
    TROUBLED_FIELD_NUMBER: _ClassVar[int]
    LAST_BEGAN_AT_US_FIELD_NUMBER: _ClassVar[int]
    LAST_ENDED_AT_US_FIELD_NUMBER: _ClassVar[int]
    LAST_SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    LAST_BEHIND_FIELD_NUMBER: _ClassVar[int]
    LAST_TROUBLED_FIELD_NUMBER: _ClassVar[int]
    NEXT_AT_US_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    stream: str
    full: bool
    began_at_us: int
    subjects: int
    behind: int
    troubled: int
    last_began_at_us: int
    last_ended_at_us: int
    last_subjects: int
    last_behind: int
    last_troubled: int
    next_at_us: int
    asked_by: str
    def __init__(self, stream: _Optional[str] = ..., full: _Optional[bool] = ..., began_at_us: _Optional[int] = ..., subjects: _Optional[int] = ..., behind: _Optional[int] = ..., troubled: _Optional[int] = ..., last_began_at_us: _Optional[int] = ..., last_ended_at_us: _Optional[int] = ..., last_subjects: _Optional[int] = ..., last_behind: _Optional[int] = ..., last_troubled: _Optional[int] = ..., next_at_us: _Optional[int] = ..., asked_by: _Optional[str] = ...) -> None: ...

class GetRefreshRequest(_message.Message):
    __slots__ = ("namespace", "stream", "findings")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    findings: int
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., findings: _Optional[int] = ...) -> None: ...

class GetRefreshReply(_message.Message):
    __slots__ = ("loops", "findings")
    LOOPS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    loops: _containers.RepeatedCompositeFieldContainer[RefreshLoop]
    findings: _containers.RepeatedCompositeFieldContainer[RefreshFinding]
    def __init__(self, loops: _Optional[_Iterable[_Union[RefreshLoop, _Mapping]]] = ..., findings: _Optional[_Iterable[_Union[RefreshFinding, _Mapping]]] = ...) -> None: ...

class StartRefreshRequest(_message.Message):
    __slots__ = ("namespace", "stream", "asked_by")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    asked_by: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., asked_by: _Optional[str] = ...) -> None: ...

class VerifyRequest(_message.Message):
    __slots__ = ("namespace", "stream", "subscription", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    subscription: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., subscription: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class CursorLag(_message.Message):
    __slots__ = ("subscription", "subject", "cursor", "head", "waits_for", "stands_us", "stream")
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    STANDS_US_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    subscription: str
    subject: str
    cursor: int
    head: int
    waits_for: str
    stands_us: int
    stream: str
    def __init__(self, subscription: _Optional[str] = ..., subject: _Optional[str] = ..., cursor: _Optional[int] = ..., head: _Optional[int] = ..., waits_for: _Optional[str] = ..., stands_us: _Optional[int] = ..., stream: _Optional[str] = ...) -> None: ...

class VerifyReply(_message.Message):
    __slots__ = ("looked_at_us", "subjects", "subscriptions", "behind", "next_page_token")
    LOOKED_AT_US_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    BEHIND_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    looked_at_us: int
    subjects: int
    subscriptions: _containers.RepeatedScalarFieldContainer[str]
    behind: _containers.RepeatedCompositeFieldContainer[CursorLag]
    next_page_token: str
    def __init__(self, looked_at_us: _Optional[int] = ..., subjects: _Optional[int] = ..., subscriptions: _Optional[_Iterable[str]] = ..., behind: _Optional[_Iterable[_Union[CursorLag, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListCursorsRequest(_message.Message):
    __slots__ = ("namespace", "stream", "subscription")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    stream: str
    subscription: str
    def __init__(self, namespace: _Optional[str] = ..., stream: _Optional[str] = ..., subscription: _Optional[str] = ...) -> None: ...

class CursorSummary(_message.Message):
    __slots__ = ("subscription", "stream", "waiting", "running", "failed", "blocked", "gated", "letters", "longest_us", "order", "after", "start_at_us")
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    GATED_FIELD_NUMBER: _ClassVar[int]
    LETTERS_FIELD_NUMBER: _ClassVar[int]
    LONGEST_US_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    START_AT_US_FIELD_NUMBER: _ClassVar[int]
    subscription: str
    stream: str
    waiting: int
    running: int
    failed: int
    blocked: int
    gated: int
    letters: int
    longest_us: int
    order: SubscriptionOrder
    after: _containers.RepeatedScalarFieldContainer[str]
    start_at_us: int
    def __init__(self, subscription: _Optional[str] = ..., stream: _Optional[str] = ..., waiting: _Optional[int] = ..., running: _Optional[int] = ..., failed: _Optional[int] = ..., blocked: _Optional[int] = ..., gated: _Optional[int] = ..., letters: _Optional[int] = ..., longest_us: _Optional[int] = ..., order: _Optional[_Union[SubscriptionOrder, str]] = ..., after: _Optional[_Iterable[str]] = ..., start_at_us: _Optional[int] = ...) -> None: ...

class ListCursorsReply(_message.Message):
    __slots__ = ("subscriptions",)
    SUBSCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    subscriptions: _containers.RepeatedCompositeFieldContainer[CursorSummary]
    def __init__(self, subscriptions: _Optional[_Iterable[_Union[CursorSummary, _Mapping]]] = ...) -> None: ...

class ShowCursorsRequest(_message.Message):
    __slots__ = ("namespace", "subscription", "subject", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subscription: str
    subject: str
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., subscription: _Optional[str] = ..., subject: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class CursorRow(_message.Message):
    __slots__ = ("subject", "cursor", "head", "status", "held_for", "attempts", "crashes", "lapses", "next_look_at_us", "stands_us", "batch_limit", "executor", "is_replay")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    HELD_FOR_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    CRASHES_FIELD_NUMBER: _ClassVar[int]
    LAPSES_FIELD_NUMBER: _ClassVar[int]
    NEXT_LOOK_AT_US_FIELD_NUMBER: _ClassVar[int]
    STANDS_US_FIELD_NUMBER: _ClassVar[int]
    BATCH_LIMIT_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_FIELD_NUMBER: _ClassVar[int]
    IS_REPLAY_FIELD_NUMBER: _ClassVar[int]
    subject: str
    cursor: int
    head: int
    status: Status
    held_for: str
    attempts: int
    crashes: int
    lapses: int
    next_look_at_us: int
    stands_us: int
    batch_limit: int
    executor: str
    is_replay: bool
    def __init__(self, subject: _Optional[str] = ..., cursor: _Optional[int] = ..., head: _Optional[int] = ..., status: _Optional[_Union[Status, str]] = ..., held_for: _Optional[str] = ..., attempts: _Optional[int] = ..., crashes: _Optional[int] = ..., lapses: _Optional[int] = ..., next_look_at_us: _Optional[int] = ..., stands_us: _Optional[int] = ..., batch_limit: _Optional[int] = ..., executor: _Optional[str] = ..., is_replay: _Optional[bool] = ...) -> None: ...

class EventLetter(_message.Message):
    __slots__ = ("subject", "sequence", "died_at_us", "reason", "blocks", "attempts", "crashes", "error_type", "error_message", "type")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DIED_AT_US_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    CRASHES_FIELD_NUMBER: _ClassVar[int]
    ERROR_TYPE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    subject: str
    sequence: int
    died_at_us: int
    reason: str
    blocks: bool
    attempts: int
    crashes: int
    error_type: str
    error_message: str
    type: str
    def __init__(self, subject: _Optional[str] = ..., sequence: _Optional[int] = ..., died_at_us: _Optional[int] = ..., reason: _Optional[str] = ..., blocks: _Optional[bool] = ..., attempts: _Optional[int] = ..., crashes: _Optional[int] = ..., error_type: _Optional[str] = ..., error_message: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class CursorOrderLine(_message.Message):
    __slots__ = ("kind", "subject", "sequence", "at_us", "who", "reason")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_US_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    kind: str
    subject: str
    sequence: int
    at_us: int
    who: str
    reason: str
    def __init__(self, kind: _Optional[str] = ..., subject: _Optional[str] = ..., sequence: _Optional[int] = ..., at_us: _Optional[int] = ..., who: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ShowCursorsReply(_message.Message):
    __slots__ = ("summary", "rows", "letters", "orders", "waits_for", "source_head", "cursor", "filter", "filter_failures")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    LETTERS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    SOURCE_HEAD_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    FILTER_FAILURES_FIELD_NUMBER: _ClassVar[int]
    summary: CursorSummary
    rows: _containers.RepeatedCompositeFieldContainer[CursorRow]
    letters: _containers.RepeatedCompositeFieldContainer[EventLetter]
    orders: _containers.RepeatedCompositeFieldContainer[CursorOrderLine]
    waits_for: str
    source_head: int
    cursor: int
    filter: str
    filter_failures: FilterFailures
    def __init__(self, summary: _Optional[_Union[CursorSummary, _Mapping]] = ..., rows: _Optional[_Iterable[_Union[CursorRow, _Mapping]]] = ..., letters: _Optional[_Iterable[_Union[EventLetter, _Mapping]]] = ..., orders: _Optional[_Iterable[_Union[CursorOrderLine, _Mapping]]] = ..., waits_for: _Optional[str] = ..., source_head: _Optional[int] = ..., cursor: _Optional[int] = ..., filter: _Optional[str] = ..., filter_failures: _Optional[_Union[FilterFailures, _Mapping]] = ...) -> None: ...

class FilterFailures(_message.Message):
    __slots__ = ("count", "error", "subject", "sequence", "at_us")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_US_FIELD_NUMBER: _ClassVar[int]
    count: int
    error: str
    subject: str
    sequence: int
    at_us: int
    def __init__(self, count: _Optional[int] = ..., error: _Optional[str] = ..., subject: _Optional[str] = ..., sequence: _Optional[int] = ..., at_us: _Optional[int] = ...) -> None: ...

class MoveCursorRequest(_message.Message):
    __slots__ = ("namespace", "subscription", "subject", "sequence", "asked_by", "reason")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subscription: str
    subject: str
    sequence: int
    asked_by: str
    reason: str
    def __init__(self, namespace: _Optional[str] = ..., subscription: _Optional[str] = ..., subject: _Optional[str] = ..., sequence: _Optional[int] = ..., asked_by: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class MoveCursorReply(_message.Message):
    __slots__ = ("cursor", "out_of_order")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    OUT_OF_ORDER_FIELD_NUMBER: _ClassVar[int]
    cursor: int
    out_of_order: bool
    def __init__(self, cursor: _Optional[int] = ..., out_of_order: _Optional[bool] = ...) -> None: ...

class ReplayRequest(_message.Message):
    __slots__ = ("namespace", "subscription", "subjects", "from_sequence", "from_us", "to_sequence", "to_us", "preview", "asked_by", "reason", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FROM_US_FIELD_NUMBER: _ClassVar[int]
    TO_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TO_US_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subscription: str
    subjects: _containers.RepeatedScalarFieldContainer[str]
    from_sequence: int
    from_us: int
    to_sequence: int
    to_us: int
    preview: bool
    asked_by: str
    reason: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., subscription: _Optional[str] = ..., subjects: _Optional[_Iterable[str]] = ..., from_sequence: _Optional[int] = ..., from_us: _Optional[int] = ..., to_sequence: _Optional[int] = ..., to_us: _Optional[int] = ..., preview: _Optional[bool] = ..., asked_by: _Optional[str] = ..., reason: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ReplayReply(_message.Message):
    __slots__ = ("subjects", "events", "busy", "looked_at", "first_us", "next_page_token")
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    BUSY_FIELD_NUMBER: _ClassVar[int]
    LOOKED_AT_FIELD_NUMBER: _ClassVar[int]
    FIRST_US_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    subjects: int
    events: int
    busy: int
    looked_at: int
    first_us: int
    next_page_token: str
    def __init__(self, subjects: _Optional[int] = ..., events: _Optional[int] = ..., busy: _Optional[int] = ..., looked_at: _Optional[int] = ..., first_us: _Optional[int] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class EndpointHeader(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class EndpointSpec(_message.Message):
    __slots__ = ("urls", "headers", "mode", "timeout_s", "connect_timeout_s", "read_timeout_s", "concurrency", "rate_per_s", "client_errors_are_fatal", "throttling_costs_attempts", "retry_after_s_max", "unknown_s", "policy", "subscription")
    URLS_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_S_FIELD_NUMBER: _ClassVar[int]
    CONNECT_TIMEOUT_S_FIELD_NUMBER: _ClassVar[int]
    READ_TIMEOUT_S_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    RATE_PER_S_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ERRORS_ARE_FATAL_FIELD_NUMBER: _ClassVar[int]
    THROTTLING_COSTS_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_S_MAX_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_S_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    urls: _containers.RepeatedScalarFieldContainer[str]
    headers: _containers.RepeatedCompositeFieldContainer[EndpointHeader]
    mode: EndpointMode
    timeout_s: float
    connect_timeout_s: float
    read_timeout_s: float
    concurrency: int
    rate_per_s: float
    client_errors_are_fatal: bool
    throttling_costs_attempts: bool
    retry_after_s_max: float
    unknown_s: float
    policy: LambdaPolicy
    subscription: Subscription
    def __init__(self, urls: _Optional[_Iterable[str]] = ..., headers: _Optional[_Iterable[_Union[EndpointHeader, _Mapping]]] = ..., mode: _Optional[_Union[EndpointMode, str]] = ..., timeout_s: _Optional[float] = ..., connect_timeout_s: _Optional[float] = ..., read_timeout_s: _Optional[float] = ..., concurrency: _Optional[int] = ..., rate_per_s: _Optional[float] = ..., client_errors_are_fatal: _Optional[bool] = ..., throttling_costs_attempts: _Optional[bool] = ..., retry_after_s_max: _Optional[float] = ..., unknown_s: _Optional[float] = ..., policy: _Optional[_Union[LambdaPolicy, _Mapping]] = ..., subscription: _Optional[_Union[Subscription, _Mapping]] = ...) -> None: ...

class EndpointHealth(_message.Message):
    __slots__ = ("url", "worker", "state", "since_us", "next_us", "in_flight", "succeeded", "failed", "problem", "told_at_us")
    URL_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SINCE_US_FIELD_NUMBER: _ClassVar[int]
    NEXT_US_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    TOLD_AT_US_FIELD_NUMBER: _ClassVar[int]
    url: str
    worker: str
    state: EndpointHealthState
    since_us: int
    next_us: int
    in_flight: int
    succeeded: int
    failed: int
    problem: str
    told_at_us: int
    def __init__(self, url: _Optional[str] = ..., worker: _Optional[str] = ..., state: _Optional[_Union[EndpointHealthState, str]] = ..., since_us: _Optional[int] = ..., next_us: _Optional[int] = ..., in_flight: _Optional[int] = ..., succeeded: _Optional[int] = ..., failed: _Optional[int] = ..., problem: _Optional[str] = ..., told_at_us: _Optional[int] = ...) -> None: ...

class Endpoint(_message.Message):
    __slots__ = ("spec", "gone", "disabled_because", "disabled_at_us", "created_at_us", "changed_at_us", "previous_until_us", "health")
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    GONE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_BECAUSE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_AT_US_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_US_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_US_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    spec: EndpointSpec
    gone: _containers.RepeatedScalarFieldContainer[str]
    disabled_because: str
    disabled_at_us: int
    created_at_us: int
    changed_at_us: int
    previous_until_us: int
    health: _containers.RepeatedCompositeFieldContainer[EndpointHealth]
    def __init__(self, spec: _Optional[_Union[EndpointSpec, _Mapping]] = ..., gone: _Optional[_Iterable[str]] = ..., disabled_because: _Optional[str] = ..., disabled_at_us: _Optional[int] = ..., created_at_us: _Optional[int] = ..., changed_at_us: _Optional[int] = ..., previous_until_us: _Optional[int] = ..., health: _Optional[_Iterable[_Union[EndpointHealth, _Mapping]]] = ..., **kwargs) -> None: ...

class PutEndpointRequest(_message.Message):
    __slots__ = ("namespace", "spec", "secret")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    spec: EndpointSpec
    secret: str
    def __init__(self, namespace: _Optional[str] = ..., spec: _Optional[_Union[EndpointSpec, _Mapping]] = ..., secret: _Optional[str] = ..., **kwargs) -> None: ...

class PutEndpointReply(_message.Message):
    __slots__ = ("endpoint", "secret", "warnings")
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    endpoint: Endpoint
    secret: str
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, endpoint: _Optional[_Union[Endpoint, _Mapping]] = ..., secret: _Optional[str] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class ListEndpointsRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ..., **kwargs) -> None: ...

class ListEndpointsReply(_message.Message):
    __slots__ = ("endpoints",)
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    endpoints: _containers.RepeatedCompositeFieldContainer[Endpoint]
    def __init__(self, endpoints: _Optional[_Iterable[_Union[Endpoint, _Mapping]]] = ...) -> None: ...

class RemoveEndpointRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ..., **kwargs) -> None: ...

class RemoveEndpointReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RotateEndpointRequest(_message.Message):
    __slots__ = ("namespace", "both_s", "secret")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    BOTH_S_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    both_s: float
    secret: str
    def __init__(self, namespace: _Optional[str] = ..., both_s: _Optional[float] = ..., secret: _Optional[str] = ..., **kwargs) -> None: ...

class SwitchEndpointRequest(_message.Message):
    __slots__ = ("namespace", "enabled", "reason")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    enabled: bool
    reason: str
    def __init__(self, namespace: _Optional[str] = ..., enabled: _Optional[bool] = ..., reason: _Optional[str] = ..., **kwargs) -> None: ...
