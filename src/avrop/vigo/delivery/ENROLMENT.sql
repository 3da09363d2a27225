SELECT p.number AS PERSON_ID, c.skoleaar AS SCHOOL_YEAR, counted(c.skoleaar) AS REFERENCE_DATE, c.skolenr AS SCHOOL_NUMBER,
    c.skoleeier AS SCHOOL_OWNER, c.avgiverfylke AS REPORTING_COUNTY, c.hjemstedsfylke AS HOME_COUNTY,
    c.programomraadekode AS PROGRAMME_AREA, c.trinn AS LEVEL, c.elevstatus AS PUPIL_STATUS, c.fullfortkode AS COMPLETION,
    c.startdato AS START_DATE, c.avbruddsdato AS INTERRUPTION_DATE, CAST(c.fravaer_dager AS BIGINT) AS ABSENCE_DAYS,
    CAST(c.fravaer_timer AS BIGINT) AS ABSENCE_HOURS, c.gjesteelev AS GUEST, c.rettstype AS RIGHT_TYPE,
    c.utdanningsprogram AS PROGRAMME, c.ajourholdskode AS UPDATE_CODE, c.avbruddsaarsak AS LEAVING_REASON,
    CASE WHEN c.elevstatus = 'A' OR c.fullfortkode = 'A' THEN 'J' ELSE 'N' END AS ADAPTED_TRAINING,
    c.saerskilt_norsk AS LANGUAGE_TRAINING, d.slag AS EARNED_DOCUMENT, c.orden AS ORDER_MARK, c.atferd AS CONDUCT,
    CASE c.elevstatus WHEN 'V' THEN 'voksen' WHEN 'P' THEN 'privatist' WHEN 'D' THEN 'deltid'
        WHEN 'I' THEN 'norsk-utv-i-utlandet' ELSE 'heltid' END AS PUPIL_CATEGORY,
    CASE WHEN c.moved_on THEN 'N' ELSE 'J' END AS MAIN_SCHOOL, CAST(c.anmerkninger AS BIGINT) AS REMARK_COUNT,
    round(least(coalesce(s.hours, 0) / nullif(a.hours, 0), 1.0), 2) AS COURSE_SHARE, coalesce(s.hours, 0) AS COURSE_HOURS,
    coalesce(s.subjects, 0) AS SUBJECT_COUNT, round(10.0 * s.total / nullif(s.counted_marks, 0), 2) AS MARK_POINTS,
    CASE WHEN c.elevstatus = 'I' OR coalesce(s.hours, 0) >= 0.7 * a.hours THEN '1' ELSE '2' END AS FULL_TIME,
    CASE c.trinn WHEN 'VG1' THEN '11' WHEN 'VG2' THEN '12' WHEN 'VG3' THEN '13' END AS GRADE,
    CASE c.elevstatus WHEN 'V' THEN '213' WHEN 'P' THEN '220' WHEN 'I' THEN '610' ELSE '211' END AS EDUCATION_TYPE,
    CASE WHEN c.fullfortkode = 'B' THEN '8' WHEN c.fullfortkode IS NOT NULL THEN '2' END AS COMPLETED,
    CASE a.route WHEN 'academic' THEN '1' WHEN 'supplement' THEN '1' WHEN 'school' THEN '3' ELSE '2' END AS COMPETENCE,
    '20' AS DATA_SOURCE, c.orgnr AS SCHOOL_ORGANISATION, c.school_municipality AS SCHOOL_MUNICIPALITY
FROM courses c
    JOIN people p USING (person_lnr)
    LEFT JOIN course_sums s USING (elevforhold_id)
    LEFT JOIN area a USING (programomraadekode)
    LEFT JOIN own_dokumentasjon d ON d.person_lnr = c.person_lnr AND school_year_of(d.dato) = c.skoleaar
        AND d.programomraadekode = c.programomraadekode AND d.skolenr = c.skolenr
ORDER BY SCHOOL_YEAR, PERSON_ID, SCHOOL_NUMBER
