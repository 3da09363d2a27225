-- SR09 The programme area belongs to the programme and the level of the row.
SELECT elevforhold_id FROM elevforhold
WHERE NOT coalesce(length(programomraadekode) = 10 AND substr(programomraadekode, 1, 2) = utdanningsprogram
  AND 'VG' || substr(programomraadekode, 6, 1) = trinn, FALSE);

-- SR13 The second year follows a first one, the third year and an apprenticeship a second one; adults come from outside.
WITH y AS (SELECT person_lnr, trinn, CAST(substr(skoleaar, 1, 4) AS INTEGER) AS aar, fullfortkode, elevstatus, rettstype, elevforhold_id FROM elevforhold)
SELECT a.elevforhold_id FROM y a WHERE a.trinn IN ('VG2', 'VG3') AND a.elevstatus <> 'P' AND a.rettstype <> '3'
  AND NOT EXISTS (SELECT 1 FROM y b WHERE b.person_lnr = a.person_lnr AND b.aar < a.aar AND b.fullfortkode IN ('B', 'I', 'M', 'A')
    AND CAST(substr(b.trinn, 3, 1) AS INTEGER) = CAST(substr(a.trinn, 3, 1) AS INTEGER) - 1)
UNION ALL
SELECT k.kontrakt_id FROM kontrakt k WHERE NOT EXISTS (SELECT 1 FROM y b WHERE b.person_lnr = k.person_lnr AND b.trinn = 'VG2'
  AND b.aar < year(k.laeretid_fra));

-- SR14 At most one course runs on 1 October, but for subjects of external candidates.
SELECT min(elevforhold_id) AS elevforhold_id FROM elevforhold
WHERE elevstatus <> 'P' AND coalesce(startdato, DATE '1900-01-01') <= hoest(skoleaar, 10, 1)
  AND coalesce(avbruddsdato, DATE '9999-01-01') > hoest(skoleaar, 10, 1)
GROUP BY base, person_lnr, skoleaar HAVING count(*) > 1;

-- SR15 Nobody is a pupil and in training between 1 October and 31 May, whatever bases the two stand in.
SELECT e.elevforhold_id FROM (SELECT DISTINCT elevforhold_id, person_lnr,
    greatest(coalesce(startdato, DATE '1900-01-01'), hoest(skoleaar, 10, 1)) AS fra,
    least(coalesce(avbruddsdato, DATE '9999-01-01'), vaar(skoleaar, 6, 1)) AS til
  FROM elevforhold WHERE elevstatus <> 'P') e
JOIN (SELECT DISTINCT person_lnr, laeretid_fra, coalesce(avsluttet, laeretid_til) AS til FROM kontrakt) k USING (person_lnr)
WHERE e.fra < e.til AND e.fra < k.til AND k.laeretid_fra < e.til;

-- SR16 Until 2024 the young person's right is for five years at most; since then it lasts until something is completed.
SELECT min(elevforhold_id) AS elevforhold_id FROM (SELECT DISTINCT person_lnr, skoleaar, rettstype, min(elevforhold_id) AS elevforhold_id
  FROM elevforhold WHERE elevstatus <> 'P' AND ajourholdskode IS NULL GROUP BY ALL)
WHERE rettstype = '2' GROUP BY person_lnr HAVING count(DISTINCT skoleaar) > 5
UNION ALL
SELECT elevforhold_id FROM elevforhold WHERE rettstype = '2' AND skoleaar >= '2024-2025' OR rettstype = '4' AND skoleaar < '2024-2025'
UNION ALL
SELECT e.elevforhold_id FROM elevforhold e
JOIN (SELECT person_lnr, utstedt AS dag FROM fagbrev UNION SELECT person_lnr, dato FROM dokumentasjon WHERE slag = 'VM') f USING (person_lnr)
WHERE e.rettstype IN ('2', '4') AND f.dag < hoest(e.skoleaar, 8, 1);

-- SR17 Another programme begins with its first year; the supplementary year and the reform's new codes are not another,
-- and before the reform transport and logistics was of SS and followed the first year of TP.
WITH y AS (SELECT person_lnr, CAST(substr(skoleaar, 1, 4) AS INTEGER) AS aar, trinn, utdanningsprogram AS p, elevforhold_id,
    programomraadekode AS omraade
  FROM elevforhold WHERE elevstatus NOT IN ('V', 'P')),
n AS (SELECT *, lag(p) OVER (PARTITION BY person_lnr ORDER BY aar, elevforhold_id) AS was FROM (SELECT DISTINCT * FROM y))
SELECT elevforhold_id FROM n WHERE was IS NOT NULL AND p <> was AND trinn <> 'VG1' AND p <> 'PB'
  AND NOT (was = 'TP' AND omraade = 'SSTOL2----')
  AND NOT EXISTS (SELECT 1 FROM etterfolger e WHERE e.liste = 'PROGRAMME' AND e.kode = was AND e.ny = p);

-- SR20 Dates are in order and within the school year of the row.
SELECT elevforhold_id FROM elevforhold WHERE startdato > avbruddsdato
  OR startdato NOT BETWEEN hoest(skoleaar, 8, 1) AND vaar(skoleaar, 7, 31)
  OR avbruddsdato NOT BETWEEN hoest(skoleaar, 8, 1) AND vaar(skoleaar, 7, 31)
UNION ALL
SELECT elevfag_id FROM elevfag WHERE startdato > avbruddsdato
  OR startdato NOT BETWEEN hoest(skoleaar, 8, 1) AND vaar(skoleaar, 7, 31)
  OR avbruddsdato NOT BETWEEN hoest(skoleaar, 8, 1) AND vaar(skoleaar, 7, 31)
UNION ALL
SELECT vurdering_id FROM vurdering WHERE NOT dato BETWEEN hoest(skoleaar, 8, 1)
  AND vaar(skoleaar, 7, 31)
UNION ALL
SELECT person_lnr FROM bosted WHERE fom >= tom;

-- SR21 The update code is of the time until 31 August: who never came left on the first day of school.
SELECT elevforhold_id FROM elevforhold WHERE ajourholdskode = 'N' AND NOT coalesce(avbruddsaarsak = 'IM' AND elevstatus = 'S'
  AND avbruddsdato = hoest(skoleaar, 8, 18) AND startdato IS NULL, FALSE)
UNION ALL
SELECT elevforhold_id FROM elevforhold WHERE ajourholdskode IN ('I', 'S', 'V')
  AND NOT coalesce(coalesce(avbruddsdato, startdato) BETWEEN hoest(skoleaar, 8, 1) AND hoest(skoleaar, 8, 31), FALSE)
UNION ALL
SELECT elevforhold_id FROM elevforhold WHERE avbruddsaarsak = 'IM' AND ajourholdskode IS DISTINCT FROM 'N';

-- SR33 The pupil's status is the one that its subjects and its end give; who is abroad for the year has none.
WITH f AS (SELECT base, elevforhold_id, bool_or(fagstatus = 'A') AS a, bool_or(fagstatus = 'E') AS e, bool_or(fagstatus = 'V') AS v,
  bool_and(fagstatus = 'P') AS p FROM elevfag GROUP BY ALL)
SELECT k.elevforhold_id FROM elevforhold k LEFT JOIN f USING (base, elevforhold_id)
WHERE k.elevstatus IS DISTINCT FROM CASE WHEN k.avbruddsdato IS NOT NULL THEN 'S' WHEN f.p IS NULL THEN 'I' WHEN f.v THEN 'V' WHEN f.p THEN 'P'
  WHEN f.a THEN 'A' WHEN f.e THEN 'E' ELSE 'X' END
UNION ALL
SELECT elevforhold_id FROM elevforhold WHERE (avbruddsdato IS NOT NULL) <> coalesce(fullfortkode = 'S', FALSE)
  OR (avbruddsdato IS NOT NULL) <> (avbruddsaarsak IS NOT NULL);

-- SR37 Absence by subject is a part of the pupil's; days are of a school year; the percentage follows from the hours.
SELECT e.elevforhold_id FROM elevforhold e JOIN elevfag f USING (base, elevforhold_id)
GROUP BY e.base, e.elevforhold_id, e.fravaer_timer HAVING sum(f.fravaer_timer) > coalesce(e.fravaer_timer, 0)
UNION ALL
SELECT elevforhold_id FROM elevforhold WHERE fravaer_dager NOT BETWEEN 0 AND 190 OR fravaer_timer NOT BETWEEN 0 AND 999
UNION ALL
SELECT elevfag_id FROM elevfag WHERE aarstimer > 0 AND fravaer_timer IS NOT NULL
  AND round(fravaer_prosent * 10) <> (CAST(1000 AS INTEGER) * fravaer_timer) // aarstimer;
