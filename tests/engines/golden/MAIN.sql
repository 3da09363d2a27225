SELECT
  CAST("t"."pseudonym" AS TEXT) AS "pseudonym",
  CAST("t"."COUNT" AS TEXT) AS "COUNT",
  CAST("t"."BORN" AS TEXT) AS "BORN",
  CAST("t"."CODE" AS TEXT) AS "CODE",
  CAST("t"."SEX" AS TEXT) AS "SEX"
FROM (
  SELECT
    "t"."pseudonym",
    "t"."COUNT",
    "t"."BORN",
    "t"."CODE",
    "t"."SEX"
  FROM (
    SELECT
      "t"."WHO" AS "pseudonym",
      "t"."COUNT" AS "COUNT",
      "t"."BORN" AS "BORN",
      "t"."CODE" AS "CODE",
      "t"."SEX" AS "SEX"
    FROM (
      SELECT
        CASE
          WHEN "m"."pseudonym" IS NULL
          THEN ERROR('unmapped identifier')
          ELSE "m"."pseudonym"
        END AS "WHO",
        "t"."DAY",
        "t"."OWNER",
        "t"."HOME",
        "t"."KIND",
        "t"."CODE",
        "t"."COUNT",
        "t"."BORN",
        "t"."SEX"
      FROM (
        SELECT
          "t"."WHO",
          "t"."DAY",
          "t"."OWNER",
          "t"."HOME",
          "t"."KIND",
          SUBSTRING(CAST("t"."CODE" AS TEXT), 1, 4) AS "CODE",
          "t"."COUNT",
          "t"."BORN",
          "t"."SEX"
        FROM (
          SELECT
            "t"."WHO",
            "t"."DAY",
            "t"."OWNER",
            "t"."HOME",
            "t"."KIND",
            "t"."CODE",
            "t"."COUNT",
            SUBSTRING(CAST("t"."BORN" AS TEXT), 1, 7) AS "BORN",
            "t"."SEX"
          FROM (
            SELECT
              "t"."WHO",
              "t"."DAY",
              "t"."OWNER",
              "t"."HOME",
              "t"."KIND",
              "t"."CODE",
              CASE CAST(CASE
                  WHEN NOT COALESCE(REGEXP_FULL_MATCH(CAST("t"."COUNT" AS TEXT), '-?[0-9]{1,18}'), FALSE)
                  THEN NULL
                  WHEN TRY_CAST(CAST("t"."COUNT" AS TEXT) AS BIGINT) < 1
                  THEN '<1'
                  WHEN TRY_CAST(CAST("t"."COUNT" AS TEXT) AS BIGINT) < 5
                  THEN '1-4'
                  WHEN TRY_CAST(CAST("t"."COUNT" AS TEXT) AS BIGINT) < 10
                  THEN '5-9'
                  ELSE '>=10'
                END AS TEXT)
                WHEN '<1'
                THEN 'none'
                WHEN '1-4'
                THEN 'some'
                WHEN '5-9'
                THEN 'some'
                WHEN '>=10'
                THEN 'some'
                ELSE NULL
              END AS "COUNT",
              "t"."BORN",
              "t"."SEX"
            FROM (
              SELECT
                "t"."WHO",
                "t"."DAY",
                "t"."OWNER",
                "t"."HOME",
                "t"."KIND",
                "t"."CODE",
                "t"."COUNT",
                "u"."BORN",
                "u"."SEX"
              FROM (
                SELECT
                  "t"."WHO",
                  "t"."DAY",
                  "t"."OWNER",
                  "t"."HOME",
                  "t"."KIND",
                  "t"."CODE",
                  "t"."COUNT"
                FROM (
                  SELECT
                    "t"."WHO",
                    "t"."DAY",
                    "t"."OWNER",
                    "t"."HOME",
                    "t"."KIND",
                    "t"."CODE",
                    "t"."COUNT"
                  FROM (
                    SELECT
                      "t"."WHO",
                      "t"."DAY",
                      "t"."OWNER",
                      "t"."HOME",
                      "t"."KIND",
                      "t"."CODE",
                      "t"."COUNT"
                    FROM (
                      SELECT
                        "t"."WHO",
                        "t"."DAY",
                        "t"."OWNER",
                        "t"."HOME",
                        "t"."KIND",
                        "t"."CODE",
                        "t"."COUNT"
                      FROM (
                        SELECT
                          "t"."WHO",
                          "t"."DAY",
                          "t"."OWNER",
                          "t"."HOME",
                          "t"."KIND",
                          "t"."CODE",
                          "t"."COUNT"
                        FROM (
                          SELECT
                            "t"."WHO",
                            "t"."DAY",
                            "t"."OWNER",
                            "t"."HOME",
                            "t"."KIND",
                            "t"."CODE",
                            "t"."COUNT"
                          FROM (
                            SELECT
                              "t"."WHO",
                              "t"."DAY",
                              "t"."OWNER",
                              "t"."HOME",
                              "t"."KIND",
                              "t"."CODE",
                              "t"."COUNT"
                            FROM READ_PARQUET(['main-0', 'it''s'], hive_partitioning => FALSE) AS "t"
                          ) AS "t"
                          WHERE
                            CASE "t"."OWNER" WHEN 'OLD' THEN 'A' ELSE "t"."OWNER" END = 'A'
                            AND (
                              "t"."KIND" IS NULL OR NOT "t"."KIND" IN ('2', '4')
                            )
                        ) AS "t"
                        WHERE
                          "t"."HOME" IS NULL
                          OR CASE "t"."HOME" WHEN 'OLD' THEN 'A' ELSE "t"."HOME" END IN ('A', 'C', 'it''s')
                      ) AS "t"
                      WHERE
                        NOT EXISTS(
                          SELECT
                            "u"."person"
                          FROM READ_PARQUET(['protected'], hive_partitioning => FALSE) AS "u"
                          WHERE
                            "u"."person" = "t"."WHO"
                        )
                    ) AS "t"
                    WHERE
                      NOT EXISTS(
                        SELECT
                          "u"."person"
                        FROM READ_PARQUET(['objecting'], hive_partitioning => FALSE) AS "u"
                        WHERE
                          "u"."person" = "t"."WHO"
                      )
                  ) AS "t"
                  WHERE
                    "t"."DAY" >= CAST('2023-08-01' AS DATE)
                    AND "t"."DAY" < CAST('2026-08-01' AS DATE)
                ) AS "t"
                WHERE
                  "t"."KIND" IN ('1', '3')
              ) AS "t"
              LEFT JOIN READ_PARQUET(['register'], hive_partitioning => FALSE) AS "u"
                ON "t"."WHO" = "u"."WHO"
            ) AS "t"
          ) AS "t"
        ) AS "t"
      ) AS "t"
      LEFT JOIN "map_0" AS "m"
        ON "t"."WHO" = "m"."identifier"
    ) AS "t"
  ) AS "t"
  ORDER BY
    "pseudonym",
    "COUNT",
    "BORN",
    "CODE",
    "SEX"
) AS "t"
