SELECT p.number AS PERSON_ID, o.fylke AS REPORTING_COUNTY, o.fylke AS HOME_COUNTY, o.dato AS FOLLOW_UP_DATE,
    o.status AS FOLLOW_UP_STATUS
FROM own_oppfolging o JOIN people p USING (person_lnr)
ORDER BY FOLLOW_UP_DATE, PERSON_ID
