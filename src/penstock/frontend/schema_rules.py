"""What is said of subjects: how versions must follow one another, and whether any may come."""

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_calls import Rules
from penstock.frontend.schema_checks import check_subject
from penstock.model.errors import InvalidInput
from penstock.model.schema import DEFAULT_RULES, WHOLE_NAMESPACE, Compatibility, SchemaMode, SchemaRules
from penstock.model.schema_errors import NoRule
from penstock.ports.schemas import Schemas


class SchemaRuleDesk:
    """`subject` may be `WHOLE_NAMESPACE`. Its methods raise `InvalidInput` and `Unavailable` beside what they name."""

    def __init__(self, schemas: Schemas, names: LambdaBook, book: SchemaBook) -> None:
        self._schemas, self._names, self._book = schemas, names, book

    async def rules(self, namespace: str, subject: str) -> Rules:
        """What counts, and what is said of just this one."""
        own, counting = await self._book.rules(await self._names.known_namespace_id(namespace), _checked(subject))
        return _told(counting, own)

    async def say(self, namespace: str, subject: str, compatibility: str | None, mode: str | None) -> Rules:
        """Both at once, if both are good; None: as it is, "": nothing is said any more."""
        _checked(subject)
        level = level_of(compatibility) if compatibility else None
        how = mode_of(mode) if mode else None
        namespace_id = await self._names.namespace_id(namespace)
        if compatibility is not None:
            await self._schemas.say_compatibility(namespace_id, subject, level)
        if mode is not None:
            await self._schemas.say_mode(namespace_id, subject, how)
        return await self.rules(namespace, subject)

    async def clear_compatibility(self, namespace: str, subject: str) -> Compatibility:
        """The namespace's level counts again, or for it the platform's; the one that counted. Raises `NoRule`."""
        own = (await self.rules(namespace, subject)).own
        if own.compatibility is None and subject != WHOLE_NAMESPACE:
            raise NoRule(subject, "level of compatibility")
        await self.say(namespace, subject, "", None)
        return own.compatibility or _told(DEFAULT_RULES, own).compatibility

    async def clear_mode(self, namespace: str, subject: str) -> SchemaMode:
        """The same of its mode."""
        own = (await self.rules(namespace, subject)).own
        if own.mode is None and subject != WHOLE_NAMESPACE:
            raise NoRule(subject, "mode")
        await self.say(namespace, subject, None, "")
        return own.mode or _told(DEFAULT_RULES, own).mode


def level_of(text: str) -> Compatibility:
    """By its name; raises `InvalidInput`."""
    try:
        return Compatibility(text.upper())
    except ValueError:
        raise InvalidInput("compatibility", f"{text[:40]!r} is none; use one of {', '.join(Compatibility)}") from None


def mode_of(text: str) -> SchemaMode:
    """By its name; raises `InvalidInput`."""
    try:
        return SchemaMode(text.upper())
    except ValueError:
        raise InvalidInput("mode", f"{text[:40]!r} is none; use one of {', '.join(SchemaMode)}") from None


def _checked(subject: str) -> str:
    return check_subject(subject) if subject != WHOLE_NAMESPACE else subject


def _told(counting: SchemaRules, own: SchemaRules) -> Rules:
    whole = counting.over(DEFAULT_RULES)
    return Rules(whole.compatibility or Compatibility.NONE, whole.mode or SchemaMode.READWRITE, own)
