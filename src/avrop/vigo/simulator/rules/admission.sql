-- SR18 An application to the joint first year has three programmes or more; wishes are numbered 1, 2, 3 without gaps.
SELECT o.soknad_id FROM onske o JOIN soknad s USING (base, soknad_id)
GROUP BY o.base, o.soknad_id HAVING min(o.onskenr) <> 1 OR max(o.onskenr) <> count(*) OR count(DISTINCT o.onskenr) <> count(*)
UNION ALL
SELECT o.soknad_id FROM onske o
GROUP BY o.base, o.soknad_id HAVING bool_and(substr(o.programomraadekode, 6, 1) = '1') AND bool_or(o.status IN ('INNTO', 'STROIT', 'MANIO'))
  AND count(DISTINCT substr(o.programomraadekode, 1, 5)) < 3;

-- SR19 At most one wish is admitted, none below it is on a waiting list, and a school takes in no more than it has places for.
SELECT soknad_id FROM onske GROUP BY base, soknad_id HAVING count(*) FILTER (status IN ('INNTO', 'MANIO', 'INNTS', 'INNTF', 'INNTLÆ', 'LANNET')) > 1
  AND NOT (count(*) FILTER (status = 'INNTLÆ') = 1 AND count(*) = 1)
UNION ALL
SELECT o.soknad_id FROM onske o JOIN onske t USING (base, soknad_id)
WHERE t.status IN ('INNTO', 'MANIO') AND (o.onskenr > t.onskenr AND o.status <> 'UAKTU' OR o.onskenr < t.onskenr AND o.status <> 'VENTO')
UNION ALL
SELECT o.soknad_id FROM onske o JOIN onske t USING (base, soknad_id) WHERE t.status IN ('INNTF', 'INNTS') AND o.onskenr > t.onskenr AND o.status LIKE 'VENTO%'
UNION ALL
SELECT min(o.soknad_id) FROM (SELECT DISTINCT soknad_id, onskenr, skoleaar, skolenr, programomraadekode FROM onske
    WHERE status IN ('INNTO', 'STROIT') AND substr(programomraadekode, 6, 1) = '1') o
JOIN (SELECT soknad_id FROM onske GROUP BY soknad_id HAVING count(DISTINCT substr(programomraadekode, 1, 5)) >= 3) USING (soknad_id)
LEFT JOIN (SELECT DISTINCT skoleaar, skolenr, programomraadekode, plasser FROM kapasitet) k USING (skoleaar, skolenr, programomraadekode)
GROUP BY o.skoleaar, o.skolenr, o.programomraadekode, k.plasser HAVING count(*) > coalesce(k.plasser, 0);
