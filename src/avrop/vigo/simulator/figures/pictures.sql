-- The cohort whose courses are told: the last one that has had six years, or the first one there is.
CREATE TEMP TABLE kull AS SELECT coalesce(max(aar) FILTER (aar <= (SELECT max(aar) FROM telt) - 6), min(aar)) AS aar FROM start;
CREATE TEMP TABLE trekk AS
SELECT s.person_lnr, CASE WHEN s.studie THEN 'academic' ELSE 'vocational' END AS a,
  CASE b.niva WHEN 2 THEN 'second' WHEN 1 THEN 'again' WHEN 3 THEN 'third' ELSE if(u.person_lnr IS NULL, 'out', 'abroad') END AS b,
  CASE WHEN l.person_lnr IS NOT NULL THEN 'apprentice' WHEN c.niva = 3 THEN 'third' WHEN c.niva IN (1, 2) THEN 'earlier' ELSE 'out' END AS c,
  CASE WHEN NOT s.fullfort THEN 'neither' WHEN f.person_lnr IS NOT NULL THEN 'certificate' ELSE 'diploma' END AS d
FROM start s JOIN kull k USING (aar)
LEFT JOIN stilling b ON b.person_lnr = s.person_lnr AND b.aar = s.aar + 1
LEFT JOIN kurs u ON u.person_lnr = s.person_lnr AND u.aar = s.aar + 1 AND u.status = 'I'
LEFT JOIN (SELECT person_lnr, aar, max(niva) AS niva FROM stilling GROUP BY ALL) c ON c.person_lnr = s.person_lnr AND c.aar = s.aar + 2
LEFT JOIN (SELECT DISTINCT person_lnr, year(fra) AS aar FROM avtale) l ON l.person_lnr = s.person_lnr AND l.aar = s.aar + 2
LEFT JOIN (SELECT DISTINCT person_lnr FROM fagbrev) f ON f.person_lnr = s.person_lnr;
