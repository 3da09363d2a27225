-- SR24 Contracts are approved before they end; the end is the start, the net time and the pause together.
SELECT kontrakt_id FROM kontrakt WHERE NOT coalesce(laeretid_fra < laeretid_til AND godkjent <= laeretid_til
  AND laeretid_til = CAST(laeretid_fra + to_months(CAST(netto_laeretid + coalesce(date_diff('month', avbrudd_fra, avbrudd_til), 0) AS INTEGER)) AS DATE), FALSE);

-- SR25 A pause lies within its contract.
SELECT kontrakt_id FROM kontrakt WHERE (avbrudd_fra IS NULL) <> (avbrudd_til IS NULL)
  OR avbrudd_fra IS NOT NULL AND (avbrudd_fra < laeretid_fra OR avbrudd_til < avbrudd_fra OR avbrudd_til > laeretid_til);

-- SR26 What ended early says by whom and why; what runs says neither.
SELECT kontrakt_id FROM kontrakt WHERE (avsluttet IS NULL) <> (avslutningskode IS NULL) OR avsluttet < laeretid_fra
  OR avsluttet IS NULL AND hevet_av IS NOT NULL
  OR avslutningskode NOT IN ('AB', 'S1', 'S2', 'UP') AND hevet_av IS NULL OR avslutningskode IN ('AB', 'S1', 'S2') AND hevet_av IS NOT NULL;

-- SR27 A trade test comes three months before the end of the learning time at the earliest; attempts are numbered 1, 2.
-- A first test that was not passed has made the learning time six months longer. The candidate is of the contract's type.
SELECT p.prove_id FROM prove p JOIN kontrakt k USING (base, kontrakt_id)
WHERE p.dato < k.laeretid_til - to_months(CASE WHEN p.forsok_nr = 1 AND p.resultat = 'IB' THEN 9 ELSE 3 END)
UNION ALL
SELECT min(prove_id) FROM prove GROUP BY base, person_lnr, kontrakt_id HAVING max(forsok_nr) <> count(*) OR min(forsok_nr) <> 1
  OR count(DISTINCT forsok_nr) <> count(*)
UNION ALL
SELECT p.prove_id FROM prove p LEFT JOIN kontrakt k USING (base, kontrakt_id)
WHERE p.kandidattype IS DISTINCT FROM CASE k.kontraktstype WHEN 'L' THEN 'LA' WHEN 'O' THEN 'LK' WHEN 'E' THEN 'EL' ELSE 'PK' END;

-- SR28 A certificate comes of a passed test, after a learning time that was not broken off, with no failed subject left and all
-- subjects of passed courses marked, and once for a trade.
SELECT f.fagbrev_id FROM fagbrev f LEFT JOIN prove p USING (base, prove_id) LEFT JOIN kontrakt k ON k.base = p.base AND k.kontrakt_id = p.kontrakt_id
WHERE NOT coalesce(p.resultat IN ('BM', 'B') AND f.utstedt >= p.dato AND (p.kontrakt_id IS NULL OR f.utstedt >= k.laeretid_til AND k.avslutningskode IN ('AB', 'S1', 'S2')), FALSE)
UNION ALL
SELECT min(f.fagbrev_id) FROM fagbrev f JOIN prove p USING (base, prove_id) GROUP BY f.base, f.person_lnr, p.laerefag HAVING count(*) > 1
UNION ALL
SELECT c.fagbrev_id FROM fagbrev c JOIN uten_karakter u USING (person_lnr)
UNION ALL
SELECT c.fagbrev_id FROM fagbrev c JOIN mangler m USING (person_lnr) WHERE m.dato < c.utstedt AND m.trinn IN ('VG1', 'VG2') AND NOT m.tatt_igjen
  AND m.siste;

-- SR31 `IB`, `ID`, `IV`, `IM` and 1 stand behind no diploma, unless the subject was passed afterwards.
SELECT d.dok_id FROM dokumentasjon d JOIN mangler m USING (person_lnr)
WHERE d.slag = 'VM' AND m.dato < d.dato AND NOT m.tatt_igjen AND m.siste;

-- SR34 A diploma has its last year passed, or the exam that it lacked taken by an external candidate; all subjects of passed
-- courses are marked, and its average is the mean of all marks before it.
SELECT d.dok_id FROM dokumentasjon d JOIN elevforhold e ON e.base = d.base AND e.elevforhold_id = d.dok_id
WHERE d.slag = 'VM' AND (e.trinn NOT IN ('VG3', 'VG4') OR e.elevstatus <> 'P' AND e.fullfortkode IS DISTINCT FROM 'B'
  OR e.elevstatus = 'P' AND NOT EXISTS (SELECT 1 FROM elevforhold b WHERE b.person_lnr = e.person_lnr AND b.trinn = e.trinn
    AND b.skoleaar < e.skoleaar AND b.fullfortkode IN ('I', 'M')))
UNION ALL
SELECT dok_id FROM (
  SELECT d.dok_id, any_value(d.snitt) AS snitt, sum(k.karakter) AS sum, sum(k.antall) AS antall
  FROM (SELECT DISTINCT dok_id, person_lnr, dato, snitt FROM dokumentasjon WHERE slag = 'VM') d
  LEFT JOIN (SELECT person_lnr, dato, sum(karakter) AS karakter, count(*) AS antall FROM karakterer GROUP BY ALL) k
    ON k.person_lnr = d.person_lnr AND k.dato < d.dato GROUP BY d.dok_id)
WHERE round(snitt * 100) IS DISTINCT FROM (200 * sum + antall) // (2 * antall) OR antall IS NULL
UNION ALL
SELECT d.dok_id FROM dokumentasjon d JOIN uten_karakter u USING (person_lnr) WHERE d.slag = 'VM';

-- SR39 The event log tells every course's end, contract, test, certificate, document and home again, and nothing else.
WITH told AS (SELECT base, objekt, person_lnr, slag, dato, verdi FROM hendelse),
there AS (SELECT * FROM hendte)
(SELECT objekt, slag FROM told EXCEPT ALL SELECT objekt, slag FROM (SELECT * FROM told INTERSECT ALL SELECT * FROM there))
UNION ALL
(SELECT objekt, slag FROM there EXCEPT ALL SELECT objekt, slag FROM (SELECT * FROM told INTERSECT ALL SELECT * FROM there));
