"""Makes datasets, variables and code lists of the tables of a configuration, and the source map that feeds them."""

from pydantic.alias_generators import to_camel

from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.importing import Names, Notes
from avrop.catalogue.kudaf_config import ConfigMeasure, ConfigUnit, ConfigVariable, Words
from avrop.catalogue.kudaf_domains import GLOBAL, PEOPLE, TYPES, code_list, one_text, text, unit_type
from avrop.catalogue.kudaf_reading import Config
from avrop.catalogue.kudaf_tables import Table, unit_name
from avrop.catalogue.sources import SourceTable
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import DataType, Sensitivity, Temporality, Variable

_DATES: tuple[tuple[Text, Text], ...] = (
    (
        Text(nb="Startdato", nn="Startdato", en="Start date"),
        Text(nb="Dagen raden gjelder fra.", en="The day on which the row begins to hold."),
    ),
    (
        Text(nb="Sluttdato", nn="Sluttdato", en="End date"),
        Text(nb="Dagen raden gjelder til; tom mens den gjelder.", en="The row's last day; empty while it holds."),
    ),
    (Text(nb="Dato", nn="Dato", en="Date"), Text(nb="En dato i raden.", en="A date of the row.")),
)
"""Label and definition of the first date column, the second, and any more."""


class Making:
    """The parts of a catalogue as tables are added to it."""

    def __init__(self, config: Config, notes: Notes) -> None:
        self._config, self._notes = config, notes
        self._own = {unit.short_name: unit for unit in (*config.units, *_inlined(config))}
        self._variable_names, self._dataset_names, self._list_names = Names(notes), Names(notes), Names(notes)
        self._identifiers: dict[tuple[str, int], Variable] = {}
        self._units: dict[str, UnitType] = {}
        self._variables: list[Variable] = []
        self._lists: dict[str, CodeList] = {}
        self.datasets: list[Dataset] = []
        self.sources: list[SourceTable] = []
        # Names that others know come before those that we make.
        self._known = {
            name: self._variable_names.kept(name) for name in dict.fromkeys(v.name for v in config.variables)
        }

    def catalogue(self, version: str) -> Catalogue:
        """All that was added."""
        config = self._config
        return Catalogue(
            name=Names(self._notes).plain(config.name),
            version=version,
            title=text(config.title, "the catalogue", self._notes),
            publisher=config.publisher,
            unit_types=tuple(self._units.values()),
            code_lists=tuple(sorted(self._lists.values(), key=lambda made: made.name)),
            variables=tuple(sorted((*self._identifiers.values(), *self._variables), key=lambda made: made.name)),
            datasets=tuple(sorted(self.datasets, key=lambda made: made.name)),
        )

    def add(self, table: Table) -> None:
        """One dataset with its variables, and the file that feeds it."""
        name = self._dataset_names.plain(table.file.file_name_ext.rpartition(".")[0].upper())
        person = next((place for place, unit in enumerate(table.units) if unit == "PERSON"), 0)
        columns = {
            self._identifier(table, place, person=person): column for place, column in enumerate(table.identifiers)
        }
        ids = tuple(columns)
        for variable in table.variables:
            columns |= self._measured(variable, table.units[person])
        dates = {self._date(name, table, place): column for place, column in enumerate(table.dates)}
        columns |= dates
        days = (*dates, None, None)
        self._say_of_table(name, table)
        self.datasets.append(
            Dataset(
                name=name,
                label=self._label(table),
                definition=self._definition(table),
                unit_type=table.units[person],
                kind="event" if dates else "register",
                person=ids[person],
                key=tuple(filter(None, (*ids, days[0]))) if dates else (ids[person],),
                variables=tuple(columns),
                time=days[0],
                until=days[1],
            )
        )
        folder = (table.file.file_directory or "").rstrip("/")
        path = f"{folder}/{table.file.file_name_ext}" if folder else table.file.file_name_ext
        self.sources.append(
            SourceTable(
                dataset=name, source=path, delimiter=table.file.csv_parse_delimiter, columns=tuple(columns.items())
            )
        )

    def _unit(self, name: str) -> str:
        if name not in self._units:
            self._units[name] = unit_type(name, self._own, self._notes)
        return name

    def _identifier(self, table: Table, place: int, *, person: int) -> str:
        """The variable of an identifier: one for all tables that are about the same unit."""
        unit = table.units[place]
        key = (unit, table.units[:place].count(unit))
        if key not in self._identifiers:
            self._identifiers[key] = self._new_identifier(unit, leads_to_people=place == person or _leads(unit))
        made = self._identifiers[key]
        if place != person and made.sensitivity == "identifier":
            sentence = "A second identifier of a table: it is marked identifier, and never leaves."
            self._notes.say("question", made.name, sentence, "Mark it otherwise if it leads to no person.")
        return made.name

    def _new_identifier(self, unit: str, *, leads_to_people: bool) -> Variable:
        own = self._own.get(unit)
        if own is not None and TYPES.get(own.data_type) != "text":
            self._notes.say("changed", f"unit type {unit}", "Its identifiers are text here, so that no zero is lost.")
        if unit != "PERSON" and leads_to_people:
            sentence = "Rows are about units that are no PERSON: they come out under pseudonyms as people do."
            self._notes.say("question", f"unit type {unit}", sentence, "See that this is what you want.")
        label = unit_type(unit, self._own, Notes()).label
        return Variable(
            name=self._variable_names.plain(f"{unit}_ID"),
            label=label,
            definition=Text(nb=f"Identifikator: {label.nb}", en=f"Identifier: {label.en}"),
            unit_type=self._unit(unit),
            data_type="text",
            temporality="FIXED",
            sensitivity="identifier" if leads_to_people else "quasi-identifier",
            source="",
        )

    def _measured(self, variable: ConfigVariable, unit: str) -> dict[str, str]:
        """The variables of its measure columns: one keeps its name, several are told apart by their columns."""
        columns = variable.data_mapping.measure_columns if variable.data_mapping else ()
        measures = variable.measure_variables
        if len(measures) not in (1, len(columns)):
            self._notes.say("left out", variable.name, "It has not as many measureVariables as measureColumns.")
        made: dict[str, str] = {}
        for place, column in enumerate(columns):
            name = self._known[variable.name]
            if len(columns) > 1:
                name = self._variable_names.plain(f"{name}_{column}")
                self._notes.say("changed", variable.name, f"Of its several columns, {column} is {name} here.")
            self._variables.append(
                self._variable(name, variable, measures[place if len(measures) == len(columns) else 0], unit=unit)
            )
            made[name] = column
        return made

    def _variable(self, name: str, variable: ConfigVariable, measure: ConfigMeasure, *, unit: str) -> Variable:
        sensitivity: Sensitivity = "confidential" if variable.sensitivity_level == "NONPUBLIC" else "ordinary"
        label = text(measure.label, name, self._notes)
        codes, data_type = self._domain(name, label, measure)
        for field in ("format", "uri_definition", "valid_period"):
            if getattr(measure, field):
                self._notes.say("left out", name, f"{to_camel(field)} has no place in ours.")
        sentence = "It says whether it is public, and not whether it could recognise somebody."
        self._notes.say("question", "sensitivity", sentence, "Mark quasi-identifiers and special categories.")
        return Variable(
            name=name,
            label=label,
            definition=text(measure.description, name, self._notes),
            unit_type=self._unit(unit),
            data_type=data_type,
            temporality=variable.temporality_type,
            sensitivity=sensitivity,
            source=variable.data_mapping.data_file.file_name_ext
            if variable.data_mapping and variable.data_mapping.data_file
            else "",
            code_list=codes,
            nullable=True,
        )

    def _domain(self, name: str, label: Text, measure: ConfigMeasure) -> tuple[str | None, DataType]:
        """The code list of a measure and its type. The list may be its own, or that of a unit type it is linked to."""
        linked = None if measure.unit_type is None else unit_name(measure.unit_type)
        own = self._own.get(linked or "")
        named, domain = (linked, own.value_domain) if own is not None else (name, measure.value_domain)
        if named not in self._lists:
            title = label if own is None else text(own.name or (("no", own.short_name),), own.short_name, self._notes)
            found = code_list(self._list_names.plain(named or name), title, domain, self._notes)
            self._lists |= {named or name: found} if found is not None else {}
        codes = self._lists.get(named or name)
        if linked is not None:
            kept = "its code list" if codes is not None else "nothing but its type"
            self._notes.say("changed", name, f"Of its link to the unit type {linked}, {kept} is kept.")
        stated = measure.data_type or (own.data_type if own is not None else None)
        data_type = TYPES.get(stated, "text")
        if stated not in TYPES or (codes is not None and data_type != "text") or stated == "BOOL":
            self._notes.say("changed", name, f"Its values are text here, and not {stated}.")
            data_type = "text"
        if stated is None and codes is None:
            self._notes.say("question", name, "It has no dataType: it is text.", "Say what it is.")
        return (None if codes is None else codes.name), data_type

    def _date(self, dataset: str, table: Table, place: int) -> str:
        """The date variable of an attribute column."""
        label, definition = _DATES[min(place, len(_DATES) - 1)]
        name = self._variable_names.plain(f"{dataset}_{table.dates[place]}".upper())
        temporality: Temporality = next(
            (v.temporality_type for v in table.variables if v.data_mapping and v.data_mapping.attribute_columns),
            "EVENT",
        )
        self._variables.append(
            Variable(
                name=name,
                label=label,
                definition=definition,
                unit_type=self._unit(table.units[0]),
                data_type="date",
                temporality=temporality,
                sensitivity="confidential",
                source=table.file.file_name_ext,
                nullable=place > 0,
            )
        )
        return name

    def _say_of_table(self, name: str, table: Table) -> None:
        if table.file.valid_period:
            self._notes.say("left out", name, "The valid period of its file has no place in ours.")
        if table.file.file_name_ext.lower().endswith(".json"):
            self._notes.say(
                "question", name, "A JSON file is not read.", "Make it CSV or Parquet, and say so in sources.yaml."
            )
        if not table.dates and any(v.temporality_type != "FIXED" for v in table.variables):
            sentence = "Without dates it can only have one row per unit."
            self._notes.say("question", name, sentence, "Name its dates in attributeColumns, and import again.")
        if table.dates:
            sentence = "Its key is taken to be its identifiers and its first date."
            self._notes.say("question", name, sentence, "Add what else tells its rows apart.")
        if len(table.dates) > 2:
            self._notes.say("question", name, "It has more than two date columns.", "See which of them is what.")
        for variable in table.variables:
            self._notes.say("carried", variable.name, f"In dataset {name}.")

    def _label(self, table: Table) -> Text:
        described = {v.dataset for v in table.variables}
        found = self._config.datasets.get(next(iter(described)) or "") if len(described) == 1 else None
        if found is not None:
            return text(found.title, f"file {table.file.file_name_ext}", self._notes)
        return Text(nb=table.file.file_name_ext, en=table.file.file_name_ext)

    def _definition(self, table: Table) -> Text:
        """What the dataset is about: as described, and whom its variables say they are about."""
        described = [self._config.datasets[v.dataset].description for v in table.variables if v.dataset is not None]
        populations = [words for v in table.variables for words in v.population_description]
        words: Words = one_text([*described, *populations])
        return text(words, f"file {table.file.file_name_ext}", self._notes)


def _leads(unit: str) -> bool:
    """Whether an identifier of that unit leads to a person; what is not global is taken to."""
    return unit in PEOPLE or unit not in GLOBAL


def _inlined(config: Config) -> list[ConfigUnit]:
    """The unit types that variables describe in place."""
    given = [each.unit_type for v in config.variables for each in v.identifier_variables]
    given += [each.unit_type for v in config.variables for each in v.measure_variables if each.unit_type is not None]
    return [unit for unit in given if isinstance(unit, ConfigUnit)]
