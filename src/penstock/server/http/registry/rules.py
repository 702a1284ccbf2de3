"""Levels of compatibility and modes, over REST."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from penstock.compose.schemas import SchemaDesks
from penstock.model.errors import InvalidInput
from penstock.model.schema import WHOLE_NAMESPACE
from penstock.model.schema_errors import NoRule
from penstock.server.http.registry.asked import Asked


class ConfigBody(Struct, frozen=True, rename="camel"):
    """What is said of a subject. Of the rest that other registries offer, nothing is."""

    compatibility: str | None = None
    compatibility_level: str | None = None
    normalize: bool | None = None
    compatibility_group: Any | UnsetType = UNSET
    default_metadata: Any | UnsetType = UNSET
    override_metadata: Any | UnsetType = UNSET
    default_rule_set: Any | UnsetType = UNSET
    override_rule_set: Any | UnsetType = UNSET


class ModeBody(Struct, frozen=True):
    """Whether a subject takes changes."""

    mode: str


_NOT_OFFERED = {
    "compatibility_group": "compatibilityGroup",
    "default_metadata": "defaultMetadata",
    "override_metadata": "overrideMetadata",
    "default_rule_set": "defaultRuleSet",
    "override_rule_set": "overrideRuleSet",
}


class RuleRoutes:
    """Each method answers one route; without a subject it is about all of which nothing is said."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._rules = desks.rules

    async def config(self, asked: Asked) -> Any:
        """The level of just this subject, or what counts for it, as it is asked."""
        rules = await self._rules.rules(asked.namespace, asked.subject)
        if rules.own.compatibility is None and not self._may_fall_back(asked):
            raise NoRule(asked.subject, "level of compatibility")
        return {"compatibilityLevel": rules.compatibility}

    async def set_config(self, asked: Asked) -> Any:
        """Say it."""
        body = asked.decoded(ConfigBody)
        for field, name in _NOT_OFFERED.items():
            if getattr(body, field) not in (UNSET, None):
                raise InvalidInput("compatibility", f"comes with {name}, which this registry does not offer")
        if body.normalize:
            raise InvalidInput("compatibility", "comes with normalize; say it with each schema: ?normalize=true")
        level = body.compatibility or body.compatibility_level
        if not level:
            raise InvalidInput("compatibility", "is missing; say which level")
        rules = await self._rules.say(asked.namespace, asked.subject, level, None)
        return {"compatibility": rules.own.compatibility}

    async def clear_config(self, asked: Asked) -> Any:
        """What counts for all counts again; the level that did."""
        level = await self._rules.clear_compatibility(asked.namespace, asked.subject)
        return {"compatibilityLevel": level, "compatibility": level}

    async def mode(self, asked: Asked) -> Any:
        """The mode of just this subject, or what counts for it, as it is asked."""
        rules = await self._rules.rules(asked.namespace, asked.subject)
        if rules.own.mode is None and not self._may_fall_back(asked):
            raise NoRule(asked.subject, "mode")
        return {"mode": rules.mode}

    async def set_mode(self, asked: Asked) -> Any:
        """Say it."""
        mode = asked.decoded(ModeBody).mode
        if not mode:
            raise InvalidInput("mode", "is missing; say which one")
        return {"mode": (await self._rules.say(asked.namespace, asked.subject, None, mode)).own.mode}

    async def clear_mode(self, asked: Asked) -> Any:
        """What counts for all counts again; the mode that did."""
        return {"mode": await self._rules.clear_mode(asked.namespace, asked.subject)}

    def _may_fall_back(self, asked: Asked) -> bool:
        return asked.subject == WHOLE_NAMESPACE or asked.flag("defaultToGlobal")
