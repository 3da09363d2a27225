-- On time is three years after lower secondary, with the supplementary year as the third, too.
WITH issued AS (
    SELECT d.*, school_year_of(d.dato) AS school_year,
        row_number() OVER (PARTITION BY d.person_lnr, d.slag ORDER BY d.dato, d.dok_id) AS turn
    FROM own_dokumentasjon d
)
SELECT p.number AS PERSON_ID, d.school_year AS SCHOOL_YEAR, s.skoleeier AS SCHOOL_OWNER, d.avgiverfylke AS REPORTING_COUNTY,
    coalesce(h.fylke, p.grunnskole_fylke) AS HOME_COUNTY, d.slag AS DOCUMENT_TYPE,
    CASE WHEN d.slag = 'VM'
        THEN CASE WHEN d.turn = 1 AND d.avgangsaar <= g.avgangsaar + 3 THEN 'J' ELSE 'N' END END AS FIRST_DIPLOMA,
    CAST(d.avgangsaar AS BIGINT) AS GRADUATION_YEAR, d.dato AS ISSUE_DATE,
    CASE WHEN d.kompetanse = '1' THEN 'J' ELSE 'N' END AS STUDY_COMPETENCE,
    CASE WHEN d.slag = 'VM' THEN 'FB' WHEN c.fullfortkode IN ('B', 'M') THEN c.fullfortkode
        WHEN c.fullfortkode = 'A' THEN 'F' ELSE 'I' END AS AREA_OUTCOME,
    CASE WHEN c.fullfortkode = 'A' THEN 'VMM26' WHEN d.slag = 'KB' THEN NULL
        WHEN d.avgangsaar = 2020 THEN 'VMM39' WHEN d.avgangsaar = 2021 THEN 'VMM40' WHEN d.avgangsaar = 2022 THEN 'VMM41'
        WHEN d.turn = 1 AND d.avgangsaar <= g.avgangsaar + 3 THEN 'VMM06' END AS DOCUMENT_REMARK
FROM issued d
    JOIN people p USING (person_lnr)
    LEFT JOIN grunnskoleresultat g ON g.base = p.base AND g.person_lnr = p.person_lnr
    LEFT JOIN courses c ON c.elevforhold_id = d.dok_id
    LEFT JOIN skole s ON s.skolenr = d.skolenr AND s.fom <= d.dato AND (s.tom IS NULL OR s.tom > d.dato)
    LEFT JOIN homes h ON h.person_lnr = d.person_lnr AND h.fom <= d.dato AND (h.tom IS NULL OR h.tom > d.dato)
ORDER BY ISSUE_DATE, PERSON_ID
