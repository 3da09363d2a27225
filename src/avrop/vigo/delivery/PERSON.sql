SELECT p.number AS PERSON_ID, p.fodselsdato AS BIRTH_DATE, p.kjonn AS SEX,
    (SELECT arg_max(h.kommune, h.fom) FROM homes h WHERE h.person_lnr = p.person_lnr AND h.tom IS NULL)
        AS RESIDENCE_MUNICIPALITY,
    p.morsmaal AS FIRST_LANGUAGE, 'F_NUMBER' AS IDENTITY_TYPE, p.adressebeskyttelse AS ADDRESS_PROTECTION,
    p.statsborgerskap AS CITIZENSHIP, p.maalform AS LANGUAGE_FORM, coalesce(g.grunnskolepoeng, 0.0) AS LOWER_SECONDARY_POINTS
FROM people p LEFT JOIN grunnskoleresultat g ON g.base = p.base AND g.person_lnr = p.person_lnr
ORDER BY PERSON_ID
