SELECT
  CAST("t"."pseudonym" AS TEXT) AS "pseudonym",
  CAST("t"."MARK" AS TEXT) AS "MARK",
  CAST("t"."CODE" AS TEXT) AS "CODE"
FROM (
  SELECT
    "t"."pseudonym",
    "t"."MARK",
    "t"."CODE"
  FROM (
    SELECT
      "t"."WHO" AS "pseudonym",
      "t"."MARK" AS "MARK",
      "t"."CODE" AS "CODE"
    FROM (
      SELECT
        CASE
          WHEN "m"."pseudonym" IS NULL
          THEN ERROR('unmapped identifier')
          ELSE "m"."pseudonym"
        END AS "WHO",
        "t"."GIVEN",
        "t"."BY",
        "t"."MARK",
        "t"."CODE"
      FROM (
        SELECT
          "t"."WHO",
          "t"."GIVEN",
          "t"."BY",
          "t"."MARK",
          "t"."CODE"
        FROM (
          SELECT
            "t"."WHO",
            "t"."GIVEN",
            "t"."BY",
            "t"."MARK",
            "t"."CODE"
          FROM (
            SELECT
              "t"."WHO",
              "t"."GIVEN",
              "t"."BY",
              "t"."MARK",
              "t"."CODE"
            FROM (
              SELECT
                "t"."WHO",
                "t"."GIVEN",
                "t"."BY",
                "t"."MARK",
                "t"."CODE"
              FROM (
                SELECT
                  "t"."WHO",
                  "t"."GIVEN",
                  "t"."BY",
                  "t"."MARK",
                  "t"."CODE"
                FROM (
                  SELECT
                    "t"."WHO",
                    "t"."GIVEN",
                    "t"."BY",
                    "t"."MARK",
                    "t"."CODE"
                  FROM READ_PARQUET(['marks'], hive_partitioning => FALSE) AS "t"
                ) AS "t"
                WHERE
                  CASE "t"."BY" WHEN 'OLD' THEN 'A' ELSE "t"."BY" END = 'A'
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
            "t"."GIVEN" >= CAST('2023-08-01' AS DATE)
            AND "t"."GIVEN" < CAST('2026-08-01' AS DATE)
        ) AS "t"
        WHERE
          EXISTS(
            SELECT
              "u"."identifier"
            FROM "map_0" AS "u"
            WHERE
              "u"."identifier" = "t"."WHO"
          )
      ) AS "t"
      LEFT JOIN "map_0" AS "m"
        ON "t"."WHO" = "m"."identifier"
    ) AS "t"
  ) AS "t"
  ORDER BY
    "pseudonym",
    "MARK",
    "CODE"
) AS "t"
