"""What a filter over dead letters may say."""

from penstock.model.errors import InvalidInput
from penstock.model.names import check_collection, check_error_type, check_lambda_name
from penstock.model.sweep import CAUSES, DeadLetterFilter


def check_filter(wanted: DeadLetterFilter) -> DeadLetterFilter:
    """Raises `InvalidInput`."""
    if wanted.lambda_name:
        check_lambda_name(wanted.lambda_name)
    check_collection(wanted.collection)
    check_error_type(wanted.error_type)
    if wanted.cause and wanted.cause not in CAUSES:
        raise InvalidInput("cause", f"{wanted.cause[:40]!r} is none; use one of {', '.join(CAUSES)}")
    for field, time_us in (("from_us", wanted.from_us), ("until_us", wanted.until_us)):
        if time_us < 0:
            raise InvalidInput(field, f"{time_us} is before 1970")
    if wanted.until_us and wanted.until_us <= wanted.from_us:
        raise InvalidInput("until_us", "is not after from_us")
    return wanted
