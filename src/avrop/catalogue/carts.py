"""The cart that catalogues hand over to an application: what it says, what a resolver answers, how they are checked.

The contract is that of the national catalogue. A cart refers to one dataset or data service; whoever gets it must look
up by itself what that is called. Fields that are not known are passed over.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from avrop.catalogue.unittypes import Language

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_MOST_CHOSEN, _LONGEST_NAME = 60, 120


def is_organisation_number(text: str) -> bool:
    """Whether a text is nine digits of which the last one controls the others.

    >>> [is_organisation_number(each) for each in ("310000019", "310000018", "31000001", "٣10000019")]
    [True, False, False, False]
    """
    if len(text) != len(_WEIGHTS) + 1 or not (text.isascii() and text.isdigit()):
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False)) % 11
    return (11 - rest) % 11 == int(text[-1])


def _number(text: str) -> str:
    if not is_organisation_number(text):
        raise ValueError("is no organisation number")
    return text


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has signs that cannot be printed")
    return text


Number = Annotated[str, AfterValidator(_number)]
Key = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_plain)]


class _Said(BaseModel):
    """What strangers say: in camel case, exactly of the types, with more fields than are known."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=False, validate_by_alias=True, extra="ignore", strict=True,
        frozen=True,
    )  # fmt: skip


class Reference(_Said):
    """What a cart refers to (`dataDef`). What it says that the thing is called is not believed."""

    url_to_resource: Annotated[str, Field(max_length=2000)]
    id: Key
    type: Literal["datasets", "dataservices"]
    orgnr: Number
    resource_name: Annotated[str, Field(max_length=2000)]
    uri: Key


class Cart(_Said):
    """A cart of one reference. The hints are the other catalogue's, and nothing rests on them."""

    orgnr: Number
    language: Language
    hint_is_public: bool
    hint_is_org: bool
    hint_is_pre_publication_data: bool
    system: Annotated[str, Field(min_length=1, max_length=200)]
    data_def: Reference


class Resolved(_Said):
    """What a resolver says of a reference."""

    data_resource_id: str | None = None
    title: Annotated[str, Field(max_length=1000)] | None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    url_to_resource: Annotated[str, Field(max_length=2000)] | None = None
    hint_is_pre_publication_data: bool = False


def shown(text: str) -> str:
    """A stranger's text in one line, without signs that turn, hide or break what stands around them.

    >>> shown(" Elev\\u202ekurs\\n2024 ")
    'Elevkurs 2024'
    """
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def chosen(values: dict[str, Any]) -> tuple[str, ...]:
    """The variables that the other catalogue's reader had chosen: a field that the contract does not have
    (`variables`), so that whatever is odd in it is passed over."""
    said = values.get("variables")
    names = [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
    usable = (each for each in names if 0 < len(each) <= _LONGEST_NAME and each.isprintable())
    return tuple(dict.fromkeys(usable))[:_MOST_CHOSEN]
