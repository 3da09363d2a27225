SELECT p.number AS PERSON_ID, w.skoleaar AS SCHOOL_YEAR, counted(w.skoleaar) AS REFERENCE_DATE,
    a.avgiverfylke AS REPORTING_COUNTY, coalesce(h.fylke, p.grunnskole_fylke) AS HOME_COUNTY,
    CAST(w.onskenr AS BIGINT) AS WISH_NUMBER, w.programomraadekode AS WISHED_AREA, w.skolenr AS WISHED_SCHOOL,
    w.status AS WISH_STATUS, w.svar AS OFFER_ANSWER,
    CASE WHEN w.status LIKE 'VENTO%' THEN 'J' ELSE 'N' END AS WAITING_LIST
FROM onske w
    JOIN own_soknad a USING (base, soknad_id)
    JOIN people p ON p.person_lnr = a.person_lnr
    LEFT JOIN homes h ON h.person_lnr = a.person_lnr AND h.fom <= a.innsendt AND (h.tom IS NULL OR h.tom > a.innsendt)
ORDER BY SCHOOL_YEAR, PERSON_ID, WISH_NUMBER
