SELECT p.number AS PERSON_ID, a.skoleaar AS SCHOOL_YEAR, a.avgiverfylke AS REPORTING_COUNTY,
    coalesce(h.fylke, p.grunnskole_fylke) AS HOME_COUNTY, a.innsendt AS APPLICATION_DATE, a.grunnlag AS ADMISSION_BASIS,
    a.poengsum AS ADMISSION_POINTS
FROM own_soknad a
    JOIN people p USING (person_lnr)
    LEFT JOIN homes h ON h.person_lnr = a.person_lnr AND h.fom <= a.innsendt AND (h.tom IS NULL OR h.tom > a.innsendt)
ORDER BY SCHOOL_YEAR, PERSON_ID
