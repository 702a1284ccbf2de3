from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SchemaReference(_message.Message):
    __slots__ = ("name", "subject", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    subject: str
    version: int
    def __init__(self, name: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class RegisterSchemaRequest(_message.Message):
    __slots__ = ("namespace", "subject", "schema_type", "schema", "references", "metadata", "rules", "normalize")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject: str
    schema_type: str
    schema: str
    references: _containers.RepeatedCompositeFieldContainer[SchemaReference]
    metadata: str
    rules: str
    normalize: bool
    def __init__(self, namespace: _Optional[str] = ..., subject: _Optional[str] = ..., schema_type: _Optional[str] = ..., schema: _Optional[str] = ..., references: _Optional[_Iterable[_Union[SchemaReference, _Mapping]]] = ..., metadata: _Optional[str] = ..., rules: _Optional[str] = ..., normalize: _Optional[bool] = ...) -> None: ...

class SchemaVersion(_message.Message):
    __slots__ = ("subject", "version", "id", "guid", "schema_type", "schema", "references", "metadata", "rules", "is_deleted")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    GUID_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    REFERENCES_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    IS_DELETED_FIELD_NUMBER: _ClassVar[int]
    subject: str
    version: int
    id: int
    guid: bytes
    schema_type: str
    schema: str
    references: _containers.RepeatedCompositeFieldContainer[SchemaReference]
    metadata: str
    rules: str
    is_deleted: bool
    def __init__(self, subject: _Optional[str] = ..., version: _Optional[int] = ..., id: _Optional[int] = ..., guid: _Optional[bytes] = ..., schema_type: _Optional[str] = ..., schema: _Optional[str] = ..., references: _Optional[_Iterable[_Union[SchemaReference, _Mapping]]] = ..., metadata: _Optional[str] = ..., rules: _Optional[str] = ..., is_deleted: _Optional[bool] = ...) -> None: ...

class GetSchemaRequest(_message.Message):
    __slots__ = ("namespace", "id", "guid", "subject", "version", "with_deleted")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    GUID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WITH_DELETED_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    id: int
    guid: bytes
    subject: str
    version: int
    with_deleted: bool
    def __init__(self, namespace: _Optional[str] = ..., id: _Optional[int] = ..., guid: _Optional[bytes] = ..., subject: _Optional[str] = ..., version: _Optional[int] = ..., with_deleted: _Optional[bool] = ...) -> None: ...

class ListSchemasRequest(_message.Message):
    __slots__ = ("namespace", "subject", "prefix", "with_deleted", "offset", "limit")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    WITH_DELETED_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject: str
    prefix: str
    with_deleted: bool
    offset: int
    limit: int
    def __init__(self, namespace: _Optional[str] = ..., subject: _Optional[str] = ..., prefix: _Optional[str] = ..., with_deleted: _Optional[bool] = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class SchemaSubject(_message.Message):
    __slots__ = ("subject", "versions", "deleted_versions", "latest_id", "compatibility", "mode")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    DELETED_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    LATEST_ID_FIELD_NUMBER: _ClassVar[int]
    COMPATIBILITY_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    subject: str
    versions: _containers.RepeatedScalarFieldContainer[int]
    deleted_versions: _containers.RepeatedScalarFieldContainer[int]
    latest_id: int
    compatibility: str
    mode: str
    def __init__(self, subject: _Optional[str] = ..., versions: _Optional[_Iterable[int]] = ..., deleted_versions: _Optional[_Iterable[int]] = ..., latest_id: _Optional[int] = ..., compatibility: _Optional[str] = ..., mode: _Optional[str] = ...) -> None: ...

class ListSchemasReply(_message.Message):
    __slots__ = ("subjects", "more")
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    subjects: _containers.RepeatedCompositeFieldContainer[SchemaSubject]
    more: bool
    def __init__(self, subjects: _Optional[_Iterable[_Union[SchemaSubject, _Mapping]]] = ..., more: _Optional[bool] = ...) -> None: ...

class CheckSchemaRequest(_message.Message):
    __slots__ = ("namespace", "schema", "version")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    schema: RegisterSchemaRequest
    version: int
    def __init__(self, namespace: _Optional[str] = ..., schema: _Optional[_Union[RegisterSchemaRequest, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class CheckSchemaReply(_message.Message):
    __slots__ = ("is_compatible", "reasons", "compatibility")
    IS_COMPATIBLE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    COMPATIBILITY_FIELD_NUMBER: _ClassVar[int]
    is_compatible: bool
    reasons: _containers.RepeatedScalarFieldContainer[str]
    compatibility: str
    def __init__(self, is_compatible: _Optional[bool] = ..., reasons: _Optional[_Iterable[str]] = ..., compatibility: _Optional[str] = ...) -> None: ...

class DeleteSchemaRequest(_message.Message):
    __slots__ = ("namespace", "subject", "version", "permanent")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PERMANENT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject: str
    version: int
    permanent: bool
    def __init__(self, namespace: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[int] = ..., permanent: _Optional[bool] = ...) -> None: ...

class DeleteSchemaReply(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, versions: _Optional[_Iterable[int]] = ...) -> None: ...

class SetSchemaRulesRequest(_message.Message):
    __slots__ = ("namespace", "subject", "compatibility", "mode")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    COMPATIBILITY_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject: str
    compatibility: str
    mode: str
    def __init__(self, namespace: _Optional[str] = ..., subject: _Optional[str] = ..., compatibility: _Optional[str] = ..., mode: _Optional[str] = ...) -> None: ...

class GetSchemaRulesRequest(_message.Message):
    __slots__ = ("namespace", "subject")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    subject: str
    def __init__(self, namespace: _Optional[str] = ..., subject: _Optional[str] = ...) -> None: ...

class SchemaRules(_message.Message):
    __slots__ = ("compatibility", "mode", "own_compatibility", "own_mode")
    COMPATIBILITY_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    OWN_COMPATIBILITY_FIELD_NUMBER: _ClassVar[int]
    OWN_MODE_FIELD_NUMBER: _ClassVar[int]
    compatibility: str
    mode: str
    own_compatibility: str
    own_mode: str
    def __init__(self, compatibility: _Optional[str] = ..., mode: _Optional[str] = ..., own_compatibility: _Optional[str] = ..., own_mode: _Optional[str] = ...) -> None: ...
