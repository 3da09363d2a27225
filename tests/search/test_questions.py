"""What an analyst types finds the right variable: a set of real questions, in three languages and misspelt."""

from pathlib import Path

import yaml

from avrop.actions.find import find
from avrop.catalogue.search.questions import Search
from avrop.system import System

QUESTIONS = Path(__file__).parents[1] / "vigo" / "questions.yaml"
_TOP = 10


def test_every_question_has_its_answer_among_the_first_ten_and_most_have_it_first(indexed: System) -> None:
    asked = [(str(text), set(wanted)) for text, wanted in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))]
    assert len(asked) >= 40
    places = {}
    for text, wanted in asked:
        names = [hit.card.name for hit in find(indexed, Search(text=text)).hits]
        places[text] = next((n for n, name in enumerate(names, start=1) if name in wanted), None)
    assert {text: place for text, place in places.items() if place is None or place > _TOP} == {}
    assert sum(1 / place for place in places.values() if place) / len(places) >= 0.85
