-- SR10 The subject is offered in the programme area that year, or is one that failed and is taken again.
SELECT f.elevfag_id FROM elevfag f JOIN elevforhold e USING (base, elevforhold_id)
WHERE f.fagstatus <> 'P' AND NOT EXISTS (SELECT 1 FROM tilbud t WHERE t.programomraadekode = e.programomraadekode AND t.fagkode = f.fagkode);

-- SR22 No mark before the subject began or after it was left, and no exam without a final mark that has its basis; external
-- candidates have exams alone, and an interdisciplinary exam asks for one of its subjects.
SELECT v.vurdering_id FROM vurdering v JOIN elevfag f USING (base, elevfag_id)
WHERE v.dato < coalesce(f.startdato, DATE '1900-01-01') OR v.dato > coalesce(f.avbruddsdato, DATE '9999-01-01')
UNION ALL
SELECT x.vurdering_id FROM vurdering x JOIN elevfag f USING (base, elevfag_id)
LEFT JOIN (SELECT * FROM vurdering WHERE slag = 'STP') s USING (base, elevfag_id)
WHERE x.slag = 'EKS' AND x.form <> 'MP' AND f.fagstatus <> 'P' AND (s.karakter IS NULL OR s.karakter = 'IV')
UNION ALL
SELECT x.vurdering_id FROM vurdering x JOIN elevfag f USING (base, elevfag_id)
WHERE x.slag = 'EKS' AND x.form = 'MP' AND NOT EXISTS (SELECT 1 FROM elevfag g JOIN vurdering s USING (base, elevfag_id)
  WHERE g.base = f.base AND g.elevforhold_id = f.elevforhold_id AND s.slag = 'STP' AND s.karakter <> 'IV');

-- SR29 Marks are those of their scale.
SELECT vurdering_id FROM vurdering WHERE karakter IS NULL OR slag IN ('T1', 'T2') AND karakter NOT IN ('1', '2', '3', '4', '5', '6', 'IV')
  OR slag = 'EKS' AND karakter NOT IN ('1', '2', '3', '4', '5', '6', 'IM')
  OR slag = 'STP' AND karakter NOT IN ('1', '2', '3', '4', '5', '6', 'IV', 'VO', 'F', 'GK', 'B');

-- SR30 `IV` stands in the final mark with its reason, `IM` in an exam with FAM29 or FAM39, and neither beside a number.
SELECT vurdering_id FROM vurdering WHERE karakter = 'IV' AND (slag <> 'STP' OR merknad IS NULL)
  OR karakter = 'IM' AND (slag <> 'EKS' OR merknad IS NULL OR merknad NOT IN ('FAM29', 'FAM39'))
  OR karakter = 'VO' AND (merknad IS DISTINCT FROM 'FAM05' OR dato < DATE '2024-01-01')
UNION ALL
SELECT min(vurdering_id) FROM vurdering GROUP BY base, elevfag_id, slag HAVING count(*) > 1;

-- SR32 `GK` and the status R belong to those whose real competence was assessed.
SELECT v.vurdering_id FROM vurdering v JOIN elevfag f USING (base, elevfag_id) WHERE (v.karakter = 'GK') <> (f.fagstatus = 'R');

-- SR35 No exam in the springs of 2020 and 2021, and no written one in the spring of 2022, but for external candidates.
SELECT v.vurdering_id FROM vurdering v JOIN elevfag f USING (base, elevfag_id) WHERE v.slag = 'EKS' AND f.fagstatus <> 'P'
  AND (v.skoleaar IN ('2019-2020', '2020-2021') OR v.skoleaar = '2021-2022' AND v.form = 'S')
UNION ALL
SELECT vurdering_id FROM vurdering WHERE (slag = 'EKS') <> (form IS NOT NULL);

-- SR38 Over the limit of a tenth since autumn 2016: no basis for a mark, or what is beyond it is documented; and FAM51 is for
-- those who are over it, and no adults.
SELECT f.elevfag_id FROM elevfag f JOIN vurdering v USING (base, elevfag_id)
WHERE v.slag = 'STP' AND f.skoleaar >= '2016-2017' AND f.aarstimer > 0
  AND (f.fravaer_timer - f.fravaer_dokumentert) * 10 > f.aarstimer AND v.karakter NOT IN ('IV', 'VO')
UNION ALL
SELECT f.elevfag_id FROM elevfag f JOIN vurdering v USING (base, elevfag_id)
WHERE v.merknad = 'FAM51' AND NOT coalesce(f.skoleaar >= '2016-2017' AND f.fravaer_timer * 10 > f.aarstimer AND f.fagstatus NOT IN ('V', 'P'), FALSE);

-- SR36 Lower-secondary points are ten times the mean of all marks with two decimals; none where half are missing.
WITH g AS (SELECT base, person_lnr, grunnskolepoeng, list_filter([norsk_hovedmaal, norsk_sidemaal, norsk_muntlig, matematikk,
  engelsk_skriftlig, engelsk_muntlig, naturfag, samfunnsfag, krle, kroppsoving, musikk, kunst_og_haandverk, mat_og_helse,
  eksamen_skriftlig, eksamen_muntlig], lambda x: x IS NOT NULL) AS m FROM grunnskoleresultat)
SELECT person_lnr FROM g WHERE CASE WHEN 2 * len(m) < 15 THEN grunnskolepoeng IS NOT NULL
  ELSE grunnskolepoeng IS NULL OR round(grunnskolepoeng * 10) <> (200 * list_sum(m) + len(m)) // (2 * len(m)) END;
