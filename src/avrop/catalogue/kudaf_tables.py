"""Which variables of a configuration stand in one table, and what of their mappings has no place in ours."""

from dataclasses import dataclass, replace

from pydantic.alias_generators import to_camel

from avrop.catalogue.importing import Notes
from avrop.catalogue.kudaf_config import ConfigFile, ConfigMapping, ConfigUnit, ConfigVariable
from avrop.catalogue.kudaf_reading import Config


@dataclass(frozen=True, kw_only=True)
class Table:
    """What becomes one dataset: variables of one file that share identifiers, their unit types and dates."""

    file: ConfigFile
    identifiers: tuple[str, ...]
    units: tuple[str, ...]
    dates: tuple[str, ...]
    variables: tuple[ConfigVariable, ...]

    def takes(self, other: "Table") -> bool:
        """Whether the other's variables stand in the same table; one without dates stands with those that have some."""
        same = (self.file, self.identifiers, self.units) == (other.file, other.identifiers, other.units)
        return same and (not other.dates or not self.dates or self.dates == other.dates)

    def with_variables_of(self, other: "Table") -> "Table":
        """Both as one table."""
        return replace(self, dates=self.dates or other.dates, variables=(*self.variables, *other.variables))


def say_of_file(config: Config, notes: Notes) -> None:
    """What is said of the file as a whole."""
    for where, key in config.strange:
        notes.say("left out", where, f"{key} has no place in ours.")
    if config.author:
        notes.say("left out", "the file", "projectInfo.author has no place in ours.")
    if config.datasource:
        notes.say(
            "left out", "the file", "projectInfo.datasourceId is no part of a catalogue.", "Set serve.datasource_id."
        )
    used = [v.data_mapping.data_file for v in config.variables if v.data_mapping]
    for each in config.files:
        if each not in used:
            notes.say("left out", each.file_name_ext, "No variable is read from it.")


def tables(config: Config, notes: Notes) -> list[Table]:
    """The tables, in the order in which the configuration names their first variables."""
    made: list[Table] = []
    names = [variable.name for variable in config.variables]
    for variable in config.variables:
        if names.count(variable.name) > 1:
            notes.say("left out", variable.name, "Its name stands more than once in the file.", "Rename one.")
            continue
        table = _table(variable, notes)
        if table is None:
            continue
        at = next((place for place, each in enumerate(made) if each.takes(table)), None)
        if at is None:
            made.append(table)
        else:
            made[at] = made[at].with_variables_of(table)
    return made


def _table(variable: ConfigVariable, notes: Notes) -> Table | None:
    """The table of one variable; none, and why, if there is nothing to read."""
    mapping, name = variable.data_mapping, variable.name
    if mapping is None or mapping.data_file is None:
        notes.say("left out", name, "It has no data file to read.", "Give it a dataMapping with a dataFile.")
    elif "CALCULATED" in mapping.measure_columns:
        notes.say("left out", name, "It is calculated, and no column has it.", "Calculate it at the source.")
    elif not mapping.identifier_columns or not mapping.measure_columns:
        notes.say("left out", name, "Its mapping names no identifier or no measure column.", "Name them.")
    elif len(mapping.identifier_columns) != len(variable.identifier_variables):
        sentence = "It has not as many identifierVariables as identifierColumns."
        notes.say("left out", name, sentence, "Say what unit each column identifies.")
    else:
        _of_mapping(variable, mapping, notes)
        return Table(
            file=mapping.data_file,
            identifiers=mapping.identifier_columns,
            units=tuple(unit_name(each.unit_type) for each in variable.identifier_variables),
            dates=mapping.attribute_columns or (),
            variables=(variable,),
        )
    return None


def _of_mapping(variable: ConfigVariable, mapping: ConfigMapping, notes: Notes) -> None:
    """What of a variable and its mapping has no place in ours, or another meaning."""
    for field in (
        "data_retrieval_url",
        "spatial_coverage_description",
        "subject_fields",
        "updated_at",
        "data_revision",
    ):
        if getattr(variable, field):
            notes.say("left out", variable.name, f"{to_camel(field)} has no place in ours.")
    if mapping.api_url or mapping.api_info:
        notes.say("left out", variable.name, "Rows are read from its file, not from its API.")
    if variable.temporality_type == "ACCUMULATED" and not mapping.measure_columns_accumulated:
        sentence = "Its rows are not accumulated, and Avrop sums nothing: they are served as they stand."
        notes.say("question", variable.name, sentence, "Accumulate them at the source, or describe EVENTs.")


def unit_name(unit: str | ConfigUnit) -> str:
    """A unit type's name, however it is given."""
    return unit if isinstance(unit, str) else unit.short_name
