SELECT p.number AS PERSON_ID, f.skoleaar AS SCHOOL_YEAR, counted(f.skoleaar) AS REFERENCE_DATE, c.skoleeier AS SCHOOL_OWNER,
    c.avgiverfylke AS REPORTING_COUNTY, c.hjemstedsfylke AS HOME_COUNTY, f.fagkode AS SUBJECT, f.fagstatus AS SUBJECT_STATUS,
    m.final AS FINAL_MARK, m.exam AS EXAM_MARK,
    CASE WHEN month(coalesce(m.last_day, f.avbruddsdato)) >= 8 THEN 'H' ELSE 'V' END AS TERM,
    f.fagtype AS SUBJECT_TYPE, f.startdato AS SUBJECT_START, f.avbruddsdato AS SUBJECT_INTERRUPTION,
    m.first_half AS HALF_YEAR_MARK_1, m.second_half AS HALF_YEAR_MARK_2, m.remark AS SUBJECT_REMARK,
    m.exam_form AS EXAM_FORM, CAST(f.aarstimer AS BIGINT) AS SUBJECT_HOURS
FROM subjects f
    JOIN courses c USING (elevforhold_id)
    JOIN people p ON p.person_lnr = f.person_lnr
    LEFT JOIN marks m USING (elevfag_id)
ORDER BY SCHOOL_YEAR, PERSON_ID, SUBJECT
