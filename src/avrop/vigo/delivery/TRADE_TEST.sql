-- `forsok_nr` counts within a contract; the number here counts a person's tests in the trade.
SELECT p.number AS PERSON_ID, t.avgiverfylke AS REPORTING_COUNTY, coalesce(h.fylke, p.grunnskole_fylke) AS HOME_COUNTY,
    t.laerefag AS TRADE, t.dato AS TEST_DATE,
    row_number() OVER (PARTITION BY t.person_lnr, t.laerefag ORDER BY t.dato, t.prove_id) AS TEST_NUMBER,
    t.kandidattype AS CANDIDATE_TYPE, b.type AS CERTIFICATE_TYPE, t.resultat AS TEST_RESULT
FROM own_prove t
    JOIN people p USING (person_lnr)
    LEFT JOIN fagbrev b ON b.base = t.base AND b.prove_id = t.prove_id
    LEFT JOIN homes h ON h.person_lnr = t.person_lnr AND h.fom <= t.dato AND (h.tom IS NULL OR h.tom > t.dato)
ORDER BY TEST_DATE, PERSON_ID, TRADE
