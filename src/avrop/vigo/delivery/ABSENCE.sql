SELECT p.number AS PERSON_ID, f.skoleaar AS SCHOOL_YEAR, counted(f.skoleaar) AS REFERENCE_DATE, c.skoleeier AS SCHOOL_OWNER,
    c.avgiverfylke AS REPORTING_COUNTY, c.hjemstedsfylke AS HOME_COUNTY, f.fagkode AS SUBJECT,
    CAST(f.fravaer_timer AS BIGINT) AS SUBJECT_ABSENCE_HOURS,
    CAST(least((f.fravaer_timer - coalesce(f.fravaer_dokumentert, 0)) * 10000::BIGINT // nullif(f.aarstimer, 0), 10000) AS BIGINT)
        AS SUBJECT_ABSENCE_SHARE
FROM subjects f
    JOIN courses c USING (elevforhold_id)
    JOIN people p ON p.person_lnr = f.person_lnr
WHERE f.fravaer_timer > 0
ORDER BY SCHOOL_YEAR, PERSON_ID, SUBJECT
