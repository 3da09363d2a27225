-- A day of the autumn, and of the spring, of a school year.
CREATE MACRO hoest(skoleaar, maaned, dag) AS make_date(CAST(substr(skoleaar, 1, 4) AS INTEGER), maaned, dag);
CREATE MACRO vaar(skoleaar, maaned, dag) AS make_date(CAST(substr(skoleaar, 6, 4) AS INTEGER), maaned, dag);

-- Whether a school has the number on the day.
CREATE MACRO har_skole(nummer, dagen) AS EXISTS (SELECT 1 FROM skole sk WHERE sk.skolenr = nummer AND sk.fom <= dagen
  AND coalesce(sk.tom, DATE '9999-01-01') > dagen);

-- Each assessment with its subject and course, once, however many bases it stands in.
CREATE VIEW vurdert AS
SELECT e.person_lnr, e.elevforhold_id, e.trinn, e.skoleaar, e.fullfortkode, f.elevfag_id, f.fagkode, f.fagstatus, v.vurdering_id,
  v.slag, v.karakter, v.dato
FROM (SELECT DISTINCT vurdering_id, elevfag_id, slag, karakter, dato FROM vurdering WHERE slag IN ('STP', 'EKS')) v
JOIN (SELECT DISTINCT elevfag_id, elevforhold_id, fagkode, fagstatus FROM elevfag) f ON f.elevfag_id = v.elevfag_id
JOIN (SELECT DISTINCT elevforhold_id, person_lnr, trinn, skoleaar, fullfortkode FROM elevforhold) e
  ON e.elevforhold_id = f.elevforhold_id;

-- Marks that count in an average: finals and exams of years that were not left, and that are no failure.
CREATE VIEW karakterer AS
SELECT person_lnr, dato, CAST(karakter AS INTEGER) AS karakter FROM vurdert
WHERE karakter IN ('2', '3', '4', '5', '6') AND fullfortkode IS DISTINCT FROM 'S';

-- Finals and exams by subject, whatever its code was before the reform; individually adapted ones are not among them.
CREATE VIEW fag_i_tid AS
SELECT v.person_lnr, v.elevfag_id, v.trinn, v.skoleaar, coalesce(n.ny, v.fagkode) AS fag, v.dato, v.karakter
FROM vurdert v LEFT JOIN etterfolger n ON n.liste = 'SUBJECT' AND n.kode = v.fagkode WHERE v.fagstatus <> 'A';

-- Subjects that failed, whether the same was passed later, and whether no later year of the level was passed.
CREATE VIEW mangler AS
SELECT a.person_lnr, a.elevfag_id, a.trinn, a.dato,
  EXISTS (SELECT 1 FROM fag_i_tid b WHERE b.person_lnr = a.person_lnr AND b.fag = a.fag AND b.dato > a.dato
    AND b.karakter IN ('2', '3', '4', '5', '6')) AS tatt_igjen,
  NOT EXISTS (SELECT 1 FROM elevforhold c WHERE c.person_lnr = a.person_lnr AND c.trinn = a.trinn AND c.skoleaar > a.skoleaar
    AND c.fullfortkode = 'B') AS siste
FROM fag_i_tid a WHERE a.karakter IN ('1', 'IV', 'IM', 'IB', 'ID');

-- Courses that were passed although a subject of theirs that ends there has no final mark.
CREATE VIEW uten_karakter AS
SELECT DISTINCT e.person_lnr, e.elevforhold_id FROM elevforhold e JOIN elevfag f USING (base, elevforhold_id)
JOIN tilbud t USING (programomraadekode, fagkode)
WHERE t.avsluttes AND e.fullfortkode = 'B' AND f.fagstatus <> 'P' AND f.avbruddsdato IS NULL
  AND NOT EXISTS (SELECT 1 FROM vurdering v WHERE v.base = f.base AND v.elevfag_id = f.elevfag_id AND v.slag = 'STP');

-- What the event log has to tell of the other tables.
CREATE VIEW hendte AS
SELECT base, elevforhold_id AS objekt, person_lnr, 'course ended' AS slag,
  coalesce(avbruddsdato, vaar(skoleaar, 7, 31)) AS dato, fullfortkode AS verdi FROM elevforhold
UNION ALL SELECT base, kontrakt_id, person_lnr, 'contract began', laeretid_fra, NULL FROM kontrakt
UNION ALL SELECT base, kontrakt_id, person_lnr, 'contract ended', avsluttet, avslutningskode FROM kontrakt WHERE avsluttet IS NOT NULL
UNION ALL SELECT base, prove_id, person_lnr, 'test taken', dato, resultat FROM prove
UNION ALL SELECT base, fagbrev_id, person_lnr, 'certificate issued', utstedt, type FROM fagbrev
UNION ALL SELECT base, dok_id, person_lnr, 'document issued', dato, slag FROM dokumentasjon
UNION ALL SELECT base, person_lnr * 100000 + date_diff('day', DATE '1970-01-01', fom), person_lnr, 'home changed', fom, fylke FROM bosted;
