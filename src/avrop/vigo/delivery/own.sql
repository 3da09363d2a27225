-- What all datasets are selected from: one copy of each row, however many bases it stands in, and nobody else's.
-- The base of the county that registered it comes first; a county that was merged or split is known by its successors.
CREATE OR REPLACE MACRO counted(school_year) AS make_date(CAST(left(school_year, 4) AS INTEGER), 10, 1);
CREATE OR REPLACE MACRO school_year_of(day) AS
    printf('%d-%d', year(day) - CAST(month(day) < 8 AS INTEGER), year(day) + CAST(month(day) >= 8 AS INTEGER));

CREATE TEMP TABLE people AS
SELECT *, fodselsnummer AS number FROM person QUALIFY row_number() OVER (PARTITION BY person_lnr ORDER BY base) = 1;

-- {own}

CREATE TEMP TABLE homes AS
SELECT b.* FROM bosted b JOIN people p USING (base, person_lnr);

CREATE TEMP TABLE courses AS
SELECT e.*, s.kommune AS school_municipality,
    count(*) OVER (PARTITION BY e.person_lnr, e.skoleaar) > 1 AND coalesce(e.avbruddsaarsak = 'AS', FALSE) AS moved_on
FROM own_elevforhold e LEFT JOIN skole s
    ON s.skolenr = e.skolenr AND s.fom <= counted(e.skoleaar) AND (s.tom IS NULL OR s.tom > counted(e.skoleaar));

CREATE TEMP TABLE course_subjects AS
SELECT f.*, c.person_lnr, c.moved_on, c.avbruddsdato IS NOT NULL AS course_left
FROM elevfag f JOIN courses c USING (base, elevforhold_id);

CREATE TEMP TABLE marks AS
SELECT elevfag_id,
    arg_max(karakter, dato) FILTER (slag = 'T1') AS first_half, arg_max(karakter, dato) FILTER (slag = 'T2') AS second_half,
    arg_max(karakter, dato) FILTER (slag = 'STP') AS final, arg_max(karakter, dato) FILTER (slag = 'EKS') AS exam,
    arg_max(form, dato) FILTER (slag = 'EKS') AS exam_form, max(dato) AS last_day,
    coalesce(arg_max(merknad, dato) FILTER (slag = 'STP'), arg_max(merknad, dato) FILTER (slag = 'EKS')) AS remark
FROM vurdering v SEMI JOIN course_subjects f USING (base, elevfag_id)
GROUP BY elevfag_id;

-- A subject of one person in one school year: the course that went on comes first, then the pupil's own lessons.
CREATE TEMP TABLE subjects AS
SELECT * FROM course_subjects
QUALIFY row_number() OVER (
    PARTITION BY person_lnr, skoleaar, fagkode ORDER BY moved_on, fagstatus = 'P', course_left, elevfag_id
) = 1;

CREATE TEMP TABLE course_sums AS
SELECT elevforhold_id, CAST(sum(aarstimer) AS BIGINT) AS hours, count(*) AS subjects,
    sum(coalesce(TRY_CAST(final AS INTEGER), 0) + coalesce(TRY_CAST(exam AS INTEGER), 0)) AS total,
    count(TRY_CAST(final AS INTEGER)) + count(TRY_CAST(exam AS INTEGER)) AS counted_marks
FROM course_subjects LEFT JOIN marks USING (elevfag_id)
GROUP BY elevforhold_id;
