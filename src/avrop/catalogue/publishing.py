"""What others must know of a publisher, and its catalogue does not say."""

from typing import Literal

from avrop.canonical import document


@document
class AskedPoint:
    """Whom readers ask: a name, an address of electronic mail, a page."""

    name: str
    email: str
    url: str


@document
class Law:
    """What data are processed by: the law's own IRI, and what it is called."""

    iri: str
    title: str


@document
class Subjects:
    """IRIs of terms that a dataset is about, of a vocabulary that readers know."""

    dataset: str
    terms: tuple[str, ...]


@document
class Publishing:
    """The publisher of a catalogue.

    `number` is the organisation's number, `kind` an IRI of the publisher's type, `themes` are IRIs of data themes.
    `laws` and `subjects` say by what law data are processed, and what each dataset is about. `accessibility` is the
    address of the accessibility statement of whoever runs the pages.
    """

    name: str
    description: str
    number: str
    kind: str
    contact: AskedPoint
    themes: tuple[str, ...]
    laws: tuple[Law, ...] = ()
    subjects: tuple[Subjects, ...] = ()
    accessibility: str | None = None
    access: Literal["PUBLIC", "RESTRICTED", "NON_PUBLIC"] = "NON_PUBLIC"
