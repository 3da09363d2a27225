SELECT p.number AS PERSON_ID, k.avgiverfylke AS REPORTING_COUNTY, k.hjemstedsfylke AS HOME_COUNTY, k.orgnr AS COMPANY_NUMBER,
    k.laerefag AS TRADE, k.laeretid_fra AS CONTRACT_START, k.laeretid_til AS CONTRACT_END, k.avbrudd_fra AS PAUSE_START,
    k.avbrudd_til AS PAUSE_END, k.avsluttet AS CONTRACT_CLOSED, k.hevet_av AS ENDED_BY, k.avslutningskode AS CLOSING_CODE,
    k.kontraktstype AS CONTRACT_TYPE, k.godkjent AS APPROVED_DATE, CAST(k.netto_laeretid AS BIGINT) AS NET_MONTHS,
    k.opplaeringskontor AS TRAINING_OFFICE,
    CASE WHEN row_number() OVER (PARTITION BY k.person_lnr ORDER BY k.laeretid_fra, k.kontrakt_id) = 1 THEN 'J' ELSE 'N' END
        AS NEW_APPRENTICE
FROM own_kontrakt k JOIN people p USING (person_lnr)
ORDER BY CONTRACT_START, PERSON_ID, TRADE
