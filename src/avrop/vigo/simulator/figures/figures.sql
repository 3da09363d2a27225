-- Each row once, however many bases it stands in.
CREATE TEMP TABLE kurs AS
SELECT elevforhold_id, any_value(person_lnr) AS person_lnr, any_value(CAST(substr(skoleaar, 1, 4) AS INTEGER)) AS aar, any_value(avgiverfylke) AS fylke,
  any_value(utdanningsprogram) AS program, any_value(trinn) AS trinn, any_value(elevstatus) AS status, any_value(fullfortkode) AS ende,
  any_value(startdato) AS fra, any_value(avbruddsdato) AS til, any_value(avbruddsaarsak) AS grunn, any_value(ajourholdskode) AS ajour,
  any_value(fravaer_dager) AS dager, any_value(fravaer_timer) AS timer, any_value(rettstype) AS rett,
  -- Media and communication is academic for those who began it in 2016 or later.
  any_value(utdanningsprogram) IN ('ST', 'ID', 'KD', 'MD', 'PB') OR any_value(utdanningsprogram = 'ME' AND CAST(substr(skoleaar, 1, 4) AS INTEGER) - CAST(substr(trinn, 3, 1) AS INTEGER) >= 2015) AS studie
FROM elevforhold GROUP BY elevforhold_id;
CREATE TEMP TABLE telt AS
SELECT * FROM kurs WHERE status NOT IN ('P', 'I') AND ajour IS NULL AND coalesce(fra, DATE '1900-01-01') <= make_date(aar, 10, 1)
  AND coalesce(til, DATE '9999-01-01') > make_date(aar, 10, 1);
CREATE TEMP TABLE avtale AS
SELECT kontrakt_id, any_value(person_lnr) AS person_lnr, any_value(laeretid_fra) AS fra, any_value(coalesce(avsluttet, laeretid_til)) AS til,
  any_value(avsluttet) AS slutt, any_value(laerefag) AS fag, any_value(kontraktstype) AS type FROM kontrakt GROUP BY kontrakt_id;
CREATE TEMP TABLE folk AS SELECT person_lnr, any_value(kjonn) AS kjonn, any_value(foreldre_utd) AS foreldre, any_value(grunnskole_fylke) AS fylke FROM person GROUP BY person_lnr;
CREATE TEMP TABLE poeng AS SELECT person_lnr, any_value(avgangsaar) AS aar, any_value(grunnskolepoeng) AS poeng FROM grunnskoleresultat GROUP BY person_lnr;
CREATE TEMP TABLE ferdig AS
SELECT person_lnr, min(dato) AS dato FROM (
  SELECT person_lnr, dato FROM dokumentasjon WHERE slag = 'VM' UNION ALL SELECT person_lnr, utstedt FROM fagbrev) GROUP BY person_lnr;
CREATE TEMP TABLE start AS
SELECT k.person_lnr, k.aar, k.program, k.studie, p.poeng, f.dato AS ferdig,
  coalesce(f.dato < make_date(k.aar + CASE WHEN k.studie THEN 5 ELSE 6 END, 10, 1), FALSE) AS fullfort,
  coalesce(f.dato < make_date(k.aar + 5, 10, 1), FALSE) AS innen_fem,
  coalesce(f.dato < make_date(k.aar + CASE WHEN k.studie OR k.program = 'ME' THEN 3 ELSE 4 END, 10, 1), FALSE) AS normert
FROM telt k JOIN poeng p USING (person_lnr) LEFT JOIN ferdig f USING (person_lnr) WHERE k.trinn = 'VG1' AND k.aar = p.aar;
CREATE TEMP TABLE stilling AS
SELECT person_lnr, aar, max(CAST(substr(trinn, 3, 1) AS INTEGER)) AS niva FROM telt GROUP BY ALL
UNION ALL SELECT person_lnr, year(dag), 3 FROM avtale, (SELECT DISTINCT make_date(aar, 10, 1) AS dag FROM telt) WHERE fra <= dag AND til > dag;
-- Applications to a school place, by the first wish for one. The first round's offers are given in July; `samordnet`: the first year's joint admission.
CREATE TEMP TABLE sokt AS
SELECT soknad_id, any_value(aar) AS aar, substr(arg_min(programomraadekode, onskenr), 1, 2) AS program, substr(arg_min(programomraadekode, onskenr), 6, 1) AS trinn,
  bool_or(ordinaer OR manuell) AS samordnet, bool_or(manuell) AS sent, arg_min(manuell, onskenr) AS onsket, arg_min(ordinaer OR senere, onskenr) AS forst,
  bool_or(ordinaer OR senere) AS tilbudt, substr(any_value(programomraadekode) FILTER (ordinaer OR manuell), 1, 2) AS fikk
FROM (
  SELECT soknad_id, onskenr, programomraadekode, CAST(substr(skoleaar, 1, 4) AS INTEGER) AS aar, status IN ('INNTO', 'STROIT') AS ordinaer, status = 'MANIO' AS manuell,
    status IN ('INNTF', 'INNTS') AND coalesce(month(tilbud_dato) < 8, FALSE) AS senere
  FROM onske WHERE status <> 'INNTLÆ' AND status <> 'SFORM') GROUP BY soknad_id;
CREATE TEMP TABLE soker AS SELECT DISTINCT soknad_id, person_lnr FROM soknad;
-- The last school year in which each is followed: nobody is for longer than the first cohort's longest.
CREATE TEMP TABLE fulgt AS
SELECT person_lnr, least(aar + (SELECT max(k.aar - p.aar) FROM telt k JOIN poeng p USING (person_lnr)), (SELECT max(aar) FROM telt)) AS siste FROM poeng;
CREATE TEMP TABLE skriv AS
SELECT v.elevfag_id, coalesce(n.ny, f.fagkode) AS fag, v.aar, v.stp, v.eks FROM (
  SELECT elevfag_id, any_value(CAST(substr(skoleaar, 1, 4) AS INTEGER)) AS aar, max(TRY_CAST(karakter AS INTEGER)) FILTER (slag = 'STP') AS stp,
    max(TRY_CAST(karakter AS INTEGER)) FILTER (slag = 'EKS' AND form = 'S') AS eks FROM vurdering WHERE slag IN ('STP', 'EKS') GROUP BY elevfag_id) v
JOIN (SELECT elevfag_id, any_value(fagkode) AS fagkode FROM elevfag WHERE fagstatus <> 'P' GROUP BY elevfag_id) f USING (elevfag_id)
LEFT JOIN etterfolger n ON n.liste = 'SUBJECT' AND n.kode = f.fagkode;

-- Courses with a final mark that lacks its basis, but for individual plans; and whether the limit of absence was the reason.
CREATE TEMP TABLE uten_grunnlag AS
SELECT f.elevforhold_id, any_value(CAST(substr(v.skoleaar, 1, 4) AS INTEGER)) AS aar, bool_or(v.merknad = 'FAM51') AS grense
FROM vurdering v JOIN (SELECT DISTINCT elevfag_id, elevforhold_id FROM elevfag) f USING (elevfag_id)
WHERE v.slag = 'STP' AND v.karakter = 'IV' AND v.merknad IS DISTINCT FROM 'FAM05' GROUP BY f.elevforhold_id;

-- figure, key, year, value, n: a count, or a share in per cent or a mean with how many it is of.
CREATE TEMP TABLE figur AS
SELECT 'pupils' AS figur, '' AS nokkel, aar, count(*)::DOUBLE AS verdi, 0 AS n FROM telt GROUP BY aar
UNION ALL SELECT 'apprentices', '', aar, count(*), 0 FROM avtale, (SELECT DISTINCT aar FROM telt) WHERE fra <= make_date(aar, 10, 1) AND til > make_date(aar, 10, 1) GROUP BY aar
UNION ALL SELECT 'track', CASE WHEN studie THEN 'academic' ELSE 'vocational' END, aar, sum(n), 0 FROM (
  SELECT studie, aar, count(*) AS n FROM telt GROUP BY ALL UNION ALL
  SELECT FALSE, aar, count(*) FROM avtale, (SELECT DISTINCT aar FROM telt) WHERE fra <= make_date(aar, 10, 1) AND til > make_date(aar, 10, 1) GROUP BY aar) GROUP BY ALL
UNION ALL SELECT 'track.women', CASE WHEN studie THEN 'academic' ELSE 'vocational' END, aar, 100 * avg((kjonn = '2')::INT), count(*) FROM (
  SELECT studie, aar, person_lnr FROM telt UNION ALL
  SELECT FALSE, aar, person_lnr FROM avtale, (SELECT DISTINCT aar FROM telt) WHERE fra <= make_date(aar, 10, 1) AND til > make_date(aar, 10, 1)) JOIN folk USING (person_lnr) GROUP BY ALL
UNION ALL SELECT 'starters', aar::VARCHAR, aar, count(*), 0 FROM start GROUP BY aar
UNION ALL SELECT 'points', 'all', aar, avg(poeng), count(*) FROM poeng WHERE poeng IS NOT NULL GROUP BY aar
UNION ALL SELECT 'points', CASE kjonn WHEN '1' THEN 'men' ELSE 'women' END, aar, avg(poeng), count(*) FROM poeng JOIN folk USING (person_lnr) WHERE poeng IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'points.parents', foreldre, aar, avg(poeng), count(*) FROM poeng JOIN folk USING (person_lnr) WHERE poeng IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'points.oslo', '', aar, avg(poeng) FILTER (fylke = '03') - avg(poeng), count(*) FROM poeng JOIN folk USING (person_lnr) WHERE poeng IS NOT NULL GROUP BY aar
UNION ALL SELECT 'applicants', coalesce(program, 'all'), aar, count(*), 0 FROM sokt GROUP BY GROUPING SETS ((aar), (aar, program))
UNION ALL SELECT 'admission', 'first', aar, 100 * avg(forst::INT), count(*) FROM sokt WHERE samordnet AND NOT (sent AND onsket) GROUP BY aar
UNION ALL SELECT 'admission.all', 'offered', aar, 100 * avg(tilbudt::INT), count(*) FROM sokt GROUP BY aar
UNION ALL SELECT 'admission.all', 'first', aar, 100 * avg(forst::INT), count(*) FROM sokt GROUP BY aar
UNION ALL SELECT 'admission.programme', program, aar, 100 * avg((program = fikk)::INT), count(*) FROM sokt WHERE samordnet GROUP BY ALL
UNION ALL SELECT 'wish.vocational', CASE kjonn WHEN '1' THEN 'men' WHEN '2' THEN 'women' ELSE '' END, aar, 100 * avg((program NOT IN ('ST', 'ID', 'KD', 'MD', 'ME'))::INT), count(*)
  FROM sokt JOIN soker USING (soknad_id) JOIN folk USING (person_lnr) WHERE trinn = '1' GROUP BY GROUPING SETS ((aar), (aar, kjonn))
UNION ALL SELECT 'direct', CASE studie WHEN TRUE THEN 'academic ' WHEN FALSE THEN 'vocational ' ELSE 'all ' END || nivaa, aar + 1, 100 * avg(x), count(*) FROM (
  SELECT t.studie, t.aar, substr(t.trinn, 3, 1) AS nivaa, (coalesce(s.niva, 0) > CAST(substr(t.trinn, 3, 1) AS INTEGER))::INT AS x
  FROM telt t JOIN fulgt u ON u.person_lnr = t.person_lnr AND t.aar < u.siste LEFT JOIN stilling s ON s.person_lnr = t.person_lnr AND s.aar = t.aar + 1
  WHERE t.trinn IN ('VG1', 'VG2') AND t.rett <> '3') GROUP BY GROUPING SETS ((aar, nivaa), (aar, nivaa, studie))
UNION ALL SELECT 'left', CASE studie WHEN TRUE THEN 'academic' WHEN FALSE THEN 'vocational' ELSE 'all' END, aar, 100 * avg((ende = 'S' AND grunn <> 'AS')::INT), count(*)
  FROM telt WHERE rett <> '3' GROUP BY GROUPING SETS ((aar), (aar, studie))
UNION ALL SELECT 'left.area', fylke, aar, 100 * avg((ende = 'S' AND grunn <> 'AS')::INT), count(*) FROM telt WHERE rett <> '3' GROUP BY ALL
UNION ALL SELECT 'left.programme', program, aar, 100 * avg((ende = 'S' AND grunn <> 'AS')::INT), count(*) FROM telt WHERE rett <> '3' GROUP BY ALL
UNION ALL SELECT 'completion', CASE studie WHEN TRUE THEN 'academic' WHEN FALSE THEN 'vocational' ELSE 'all' END, aar, 100 * avg(fullfort::INT), count(*) FROM start GROUP BY GROUPING SETS ((aar), (aar, studie))
UNION ALL SELECT 'completion', 'nominal', aar, 100 * avg(normert::INT), count(*) FROM start GROUP BY aar
UNION ALL SELECT 'completion', 'later', aar, 100 * avg((fullfort AND NOT normert)::INT), count(*) FROM start GROUP BY aar
UNION ALL SELECT 'completion.five', CASE studie WHEN TRUE THEN 'academic' WHEN FALSE THEN 'vocational' ELSE 'all' END || CASE kjonn WHEN '1' THEN ' men' WHEN '2' THEN ' women' ELSE '' END, aar,
  100 * avg(innen_fem::INT), count(*) FROM start JOIN folk USING (person_lnr)
  GROUP BY GROUPING SETS ((aar), (aar, studie), (aar, studie, kjonn))
UNION ALL SELECT 'completion.programme', program, aar, 100 * avg(CASE WHEN aar = 2006 THEN innen_fem ELSE fullfort END::INT), count(*) FROM start GROUP BY ALL
UNION ALL SELECT 'completion.points', CASE WHEN studie THEN 'academic ' ELSE 'vocational ' END || CASE WHEN poeng < 30 THEN '25-29' ELSE '40-49' END, aar, 100 * avg(fullfort::INT), count(*)
  FROM start WHERE poeng >= 25 AND poeng < 30 OR poeng >= 40 AND poeng < 50 GROUP BY ALL
UNION ALL SELECT 'completion.county', fylke, aar, 100 * avg(fullfort::INT), count(*) FROM start JOIN folk USING (person_lnr) GROUP BY ALL
UNION ALL SELECT 'matched', '', aar, 100 * avg(x), count(*) FROM (
  SELECT DISTINCT formidling_id, CAST(substr(skoleaar, 1, 4) AS INTEGER) AS aar, (status = 'INNTLÆ')::INT AS x FROM formidling) GROUP BY aar
-- As it is published: apprentices by the autumn in which their contract's year ends, and the fifth 1 October after; of lives that are followed until then.
UNION ALL SELECT 'certificate', coalesce(program, 'all'), aar, 100 * avg(x), count(*) FROM (
  SELECT a.aar, a.program, coalesce(f.dato < make_date(a.aar + 5, 10, 1), FALSE)::INT AS x FROM (
    SELECT person_lnr, year(min(fra) + INTERVAL 92 DAY) AS aar, substr(arg_min(fag, fra), 1, 2) AS program FROM avtale GROUP BY person_lnr HAVING arg_min(type, fra) = 'L') a
  JOIN fulgt u ON u.person_lnr = a.person_lnr AND u.siste >= a.aar + 4
  LEFT JOIN (SELECT person_lnr, min(utstedt) AS dato FROM fagbrev GROUP BY ALL) f ON f.person_lnr = a.person_lnr) GROUP BY GROUPING SETS ((aar), (aar, program))
UNION ALL SELECT 'test', kandidattype, aar, 100 * avg(x), count(*) FROM (
  SELECT DISTINCT prove_id, kandidattype, year(dato - INTERVAL 273 DAY) AS aar, (resultat <> 'IB')::INT AS x FROM prove) GROUP BY ALL
UNION ALL SELECT 'test.programme', program, aar, 100 * avg(x), count(*) FROM (
  SELECT DISTINCT prove_id, substr(laerefag, 1, 2) AS program, year(dato - INTERVAL 273 DAY) AS aar, (resultat <> 'IB')::INT AS x FROM prove) GROUP BY ALL
UNION ALL SELECT 'mark.final', fag, aar, avg(stp), count(*) FROM skriv WHERE stp IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'mark.exam', fag, aar, avg(eks), count(*) FROM skriv WHERE eks IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'exam.final', CASE WHEN eks < stp THEN 'lower' WHEN eks = stp THEN 'same' ELSE 'higher' END, 2015,
  100 * count(*) / sum(count(*)) OVER (), sum(count(*)) OVER () FROM skriv WHERE eks IS NOT NULL AND stp IS NOT NULL AND aar BETWEEN 2008 AND 2018 AND substr(fag, 1, 3) IN ('NOR', 'ENG', 'MAT') GROUP BY ALL
UNION ALL SELECT 'absence', nokkel, aar, verdi, n FROM (
  SELECT aar, median(dager) AS days, median(timer) AS hours, 100 * avg((dager >= 20)::INT) AS "20 days", 100 * avg((timer >= 50)::INT) AS "50 hours", count(*) AS n
  FROM telt WHERE status = 'E' AND dager IS NOT NULL GROUP BY aar) UNPIVOT (verdi FOR nokkel IN (days, hours, "20 days", "50 hours"))
UNION ALL SELECT 'absence.none', '', aar, 100 * avg(x), count(*) FROM (
  SELECT t.aar, (i.elevforhold_id IS NOT NULL)::INT AS x FROM telt t LEFT JOIN uten_grunnlag i USING (elevforhold_id) WHERE t.rett <> '3') GROUP BY aar
UNION ALL SELECT 'absence.limit', '', aar, 100 * avg(grense::INT), count(*) FROM uten_grunnlag GROUP BY aar
UNION ALL SELECT 'asked', '', CAST(substr(skoleaar, 1, 4) AS INTEGER), count(DISTINCT formidling_id), 0 FROM formidling GROUP BY skoleaar;
