-- SR03 Identity numbers have eleven digits, a month 80 too high, a real day and both control digits.
WITH p AS (SELECT person_lnr, fodselsnummer AS n FROM person),
d AS (SELECT person_lnr, n, list_transform(range(1, 12), lambda i: TRY_CAST(substr(n, i, 1) AS INTEGER)) AS x FROM p)
SELECT person_lnr FROM d
WHERE NOT coalesce(regexp_full_match(n, '[0-9]{11}') AND CAST(substr(n, 3, 2) AS INTEGER) BETWEEN 81 AND 92
  AND TRY_CAST(printf('2000-%02d-%02d', CAST(substr(n, 3, 2) AS INTEGER) - 80, CAST(substr(n, 1, 2) AS INTEGER)) AS DATE) IS NOT NULL
  AND (3*x[1]+7*x[2]+6*x[3]+1*x[4]+8*x[5]+9*x[6]+4*x[7]+5*x[8]+2*x[9]+x[10]) % 11 = 0
  AND (5*x[1]+4*x[2]+3*x[3]+2*x[4]+7*x[5]+6*x[6]+5*x[7]+4*x[8]+3*x[9]+2*x[10]+x[11]) % 11 = 0, FALSE);

-- SR04 The number says the birthday and the sex of the person, and the century by its individual part.
SELECT person_lnr FROM person
WHERE NOT coalesce(strftime(fodselsdato, '%d') = substr(fodselsnummer, 1, 2)
  AND month(fodselsdato) + 80 = TRY_CAST(substr(fodselsnummer, 3, 2) AS INTEGER)
  AND strftime(fodselsdato, '%y') = substr(fodselsnummer, 5, 2)
  AND TRY_CAST(substr(fodselsnummer, 9, 1) AS INTEGER) % 2 = TRY_CAST(kjonn AS INTEGER) % 2
  AND (TRY_CAST(substr(fodselsnummer, 7, 3) AS INTEGER) >= 500) = (year(fodselsdato) >= 2000), FALSE);

-- SR05 One number is one person's, and one person has one number.
SELECT min(person_lnr) AS person_lnr FROM person GROUP BY fodselsnummer HAVING count(DISTINCT person_lnr) > 1
UNION ALL
SELECT person_lnr FROM person GROUP BY person_lnr HAVING count(DISTINCT fodselsnummer) > 1;

-- SR06 Organisation numbers have nine digits, begin with 2 or 3, and have the right control digit.
WITH o AS (SELECT DISTINCT orgnr AS n FROM skole UNION SELECT orgnr FROM bedrift UNION SELECT orgnr FROM opplaeringskontor
  UNION SELECT orgnr FROM elevforhold UNION SELECT orgnr FROM kontrakt
  UNION SELECT opplaeringskontor FROM kontrakt WHERE opplaeringskontor IS NOT NULL),
d AS (SELECT n, list_transform(range(1, 10), lambda i: TRY_CAST(substr(n, i, 1) AS INTEGER)) AS x FROM o)
SELECT n FROM d
WHERE NOT coalesce(regexp_full_match(n, '[23][0-9]{8}')
  AND (3*x[1]+2*x[2]+7*x[3]+6*x[4]+5*x[5]+4*x[6]+3*x[7]+2*x[8]+x[9]) % 11 = 0, FALSE);

-- SR07 A school's number is one that it has on the day, and begins with the county's of then; a private one has three digits.
-- The day is 1 October of a course, 8 July of a wish, and a document's own.
SELECT e.elevforhold_id FROM elevforhold e
WHERE NOT coalesce(regexp_full_match(e.skolenr, '[0-9]{3}') AND e.skoleeier = '4'
  OR regexp_full_match(e.skolenr, '[0-9]{5}') AND substr(e.skolenr, 1, 2) = e.avgiverfylke, FALSE)
UNION ALL
SELECT e.elevforhold_id FROM elevforhold e
WHERE NOT EXISTS (SELECT 1 FROM skole s WHERE s.skolenr = e.skolenr AND s.orgnr = e.orgnr
  AND s.fom <= hoest(e.skoleaar, 10, 1)
  AND coalesce(s.tom, DATE '9999-01-01') > hoest(e.skoleaar, 10, 1))
UNION ALL
SELECT d.dok_id FROM dokumentasjon d
WHERE NOT coalesce(length(d.skolenr) = 3 OR substr(d.skolenr, 1, 2) = d.avgiverfylke, FALSE)
  OR NOT har_skole(d.skolenr, d.dato)
UNION ALL
SELECT o.soknad_id FROM onske o WHERE o.skolenr NOT LIKE '__000' AND NOT har_skole(o.skolenr, hoest(o.skoleaar, 7, 8));

-- SR08 Every code is in its list on the day of what it is said of.
WITH used AS (
  SELECT 'COUNTY' AS liste, avgiverfylke AS kode, hoest(skoleaar, 10, 1) AS dag FROM elevforhold
  UNION ALL SELECT 'COUNTY', hjemstedsfylke, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'PROGRAMME', utdanningsprogram, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'PROGRAMME_AREA', programomraadekode, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'PUPIL_STATUS', elevstatus, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'COMPLETION', fullfortkode, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'LEAVING_REASON', avbruddsaarsak, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'RIGHT_TYPE', rettstype, hoest(skoleaar, 10, 1) FROM elevforhold
  UNION ALL SELECT 'SUBJECT', fagkode, hoest(skoleaar, 10, 1) FROM elevfag
  UNION ALL SELECT 'SUBJECT_TYPE', fagtype, hoest(skoleaar, 10, 1) FROM elevfag
  UNION ALL SELECT 'SUBJECT_STATUS', fagstatus, hoest(skoleaar, 10, 1) FROM elevfag
  UNION ALL SELECT 'MARK', karakter, dato FROM vurdering
  UNION ALL SELECT 'SUBJECT_REMARK', merknad, dato FROM vurdering
  UNION ALL SELECT 'WISH_STATUS', status, hoest(skoleaar, 7, 8) FROM onske
  UNION ALL SELECT 'PROGRAMME_AREA', programomraadekode, hoest(skoleaar, 10, 1) FROM onske
  UNION ALL SELECT 'COUNTY', avgiverfylke, innsendt FROM soknad
  UNION ALL SELECT 'COUNTY', fylke, fom FROM bosted
  UNION ALL SELECT 'MUNICIPALITY', kommune, fom FROM bosted
  UNION ALL SELECT 'COUNTY', avgiverfylke, laeretid_fra FROM kontrakt
  UNION ALL SELECT 'PROGRAMME_AREA', laerefag, laeretid_fra FROM kontrakt
  UNION ALL SELECT 'CLOSING_CODE', avslutningskode, avsluttet FROM kontrakt
  UNION ALL SELECT 'CONTRACT_TYPE', kontraktstype, laeretid_fra FROM kontrakt
  UNION ALL SELECT 'ENDED_BY', hevet_av, avsluttet FROM kontrakt
  UNION ALL SELECT 'PROGRAMME_AREA', laerefag, dato FROM prove
  UNION ALL SELECT 'TEST_RESULT', resultat, dato FROM prove
  UNION ALL SELECT 'CANDIDATE_TYPE', kandidattype, dato FROM prove
  UNION ALL SELECT 'CERTIFICATE_TYPE', type, utstedt FROM fagbrev
  UNION ALL SELECT 'DOCUMENT_TYPE', slag, dato FROM dokumentasjon
  UNION ALL SELECT 'LANGUAGE', morsmaal, fodselsdato FROM person
  UNION ALL SELECT 'FOLLOW_UP_STATUS', status, dato FROM oppfolging
  UNION ALL SELECT 'COUNTY', fylke, dato FROM oppfolging
  UNION ALL SELECT 'COUNTY', avgiverfylke, dato FROM formidling
  UNION ALL SELECT 'PROGRAMME_AREA', laerefag, hoest(skoleaar, 10, 1) FROM formidling
  UNION ALL SELECT 'WISH_STATUS', status, dato FROM formidling
  UNION ALL SELECT 'COUNTY', avgiverfylke, dato FROM dokumentasjon
  UNION ALL SELECT 'PROGRAMME_AREA', programomraadekode, dato FROM dokumentasjon
  UNION ALL SELECT 'COMPETENCE', kompetanse, dato FROM dokumentasjon
  UNION ALL SELECT 'UPDATE_CODE', ajourholdskode, hoest(skoleaar, 8, 31) FROM elevforhold
  UNION ALL SELECT 'EXAM_FORM', form, dato FROM vurdering
  UNION ALL SELECT 'COUNTY', avgiverfylke, dato FROM prove
  UNION ALL SELECT 'COUNTY', fylke, fom FROM skole
  UNION ALL SELECT 'MUNICIPALITY', kommune, fom FROM skole
  UNION ALL SELECT 'COUNTY', fylke, fom FROM bedrift
  UNION ALL SELECT 'COUNTY', fylke, fom FROM opplaeringskontor
  UNION ALL SELECT 'PROGRAMME_AREA', programomraadekode, hoest(skoleaar, 10, 1) FROM kapasitet
), distinctly AS (SELECT DISTINCT liste, kode, dag FROM used WHERE kode IS NOT NULL)
SELECT u.liste, u.kode, u.dag FROM distinctly u
WHERE NOT EXISTS (SELECT 1 FROM kodeverk k WHERE k.liste = u.liste AND k.kode = u.kode AND k.fom <= u.dag
  AND coalesce(k.tom, DATE '9999-01-01') > u.dag);

-- SR11 Where people live follows without gaps; the county changes by a reform, or by a move on 1 August.
WITH b AS (SELECT base, person_lnr, fom, tom, fylke, lag(fylke) OVER w AS was, lag(tom) OVER w AS ended FROM bosted
  WINDOW w AS (PARTITION BY base, person_lnr ORDER BY fom))
SELECT person_lnr, fom FROM b
WHERE was IS NOT NULL AND (ended IS DISTINCT FROM fom OR NOT (was = fylke OR (month(fom) = 8 AND day(fom) = 1)
  OR EXISTS (SELECT 1 FROM etterfolger e WHERE e.liste = 'COUNTY' AND e.kode = was AND e.ny = fylke)));

-- SR12 Those with a young person's right, or the right to complete, begin the first year between 15 and 24; adults are 19
-- or more, and so is everybody with an adult's right.
SELECT min(e.elevforhold_id) AS elevforhold_id FROM elevforhold e JOIN person p USING (base, person_lnr)
WHERE e.trinn = 'VG1' AND e.rettstype IN ('2', '4') GROUP BY e.base, e.person_lnr, p.fodselsdato
HAVING CAST(substr(min(e.skoleaar), 1, 4) AS INTEGER) - year(p.fodselsdato) NOT BETWEEN 15 AND 24
UNION ALL
SELECT e.elevforhold_id FROM elevforhold e JOIN person p USING (base, person_lnr)
WHERE (e.elevstatus = 'V' OR e.rettstype = '3') AND CAST(substr(e.skoleaar, 1, 4) AS INTEGER) - year(p.fodselsdato) < 19;

-- SR23 Nothing happens to anybody before birth.
WITH happened AS (
  SELECT person_lnr, innsendt AS dag FROM soknad UNION ALL SELECT person_lnr, dato FROM dokumentasjon
  UNION ALL SELECT person_lnr, laeretid_fra FROM kontrakt UNION ALL SELECT person_lnr, dato FROM prove
  UNION ALL SELECT person_lnr, utstedt FROM fagbrev UNION ALL SELECT person_lnr, fom FROM bosted
  UNION ALL SELECT person_lnr, dato FROM oppfolging UNION ALL SELECT person_lnr, dato FROM formidling
  UNION ALL SELECT e.person_lnr, v.dato FROM vurdering v JOIN elevfag f USING (base, elevfag_id) JOIN elevforhold e USING (base, elevforhold_id)
)
SELECT h.person_lnr FROM happened h JOIN (SELECT DISTINCT person_lnr, fodselsdato FROM person) p USING (person_lnr)
WHERE h.dag < p.fodselsdato + INTERVAL 14 YEAR;
