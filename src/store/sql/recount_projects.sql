-- What each project should be counted for, told from the columns of its notices and not from the fold: the rules of the
-- trade in their relational form. Where a rule needs more than columns (texts of corrections, restated lots, rounds), this
-- may differ from the fold; `audit` then folds that project from its notices and lists it.
WITH
-- Notices that still stand, in the order of publication; of a notice and its repeats only the first.
standing AS (
    SELECT members.project, notices.*,
           row_number() OVER (
               PARTITION BY members.project, coalesce(notices.repeat_of, notices.id)
               ORDER BY notices.published_at IS NULL, notices.published_at, octet_length(notices.native_id),
                        notices.native_id, notices.source) AS within_repeats
      FROM members
      JOIN notices ON notices.id = members.notice
     WHERE notices.withdrawn_at IS NULL
),
told AS (
    SELECT standing.*,
           row_number() OVER (
               PARTITION BY project
               ORDER BY published_at IS NULL, published_at, octet_length(native_id), native_id, source) AS place
      FROM standing
     WHERE within_repeats = 1
),
-- What each notice says of each lot.
lot_told AS (
    SELECT told.project, told.place, told.kind, coalesce(notice_lots.label, '') AS label, notice_lots.award_state,
           notice_lots.award_value, notice_lots.award_currency,
           CASE
               WHEN told.kind IN ('tender', 'prequalification', 'single_source') AND notice_lots.status <> 'cancelled'
                   THEN 'opened'
               WHEN told.kind = 'failed'
                    OR told.kind IN ('award', 'correction') AND notice_lots.status IN ('failed', 'cancelled')
                   THEN 'closed'
               WHEN told.kind = 'award'
                    AND (notice_lots.status = 'awarded' OR notice_lots.suppliers > 0
                         OR notice_lots.award_state = 'disclosed'
                         OR count(*) OVER (PARTITION BY told.id) = 1)
                   THEN 'given'
               WHEN told.kind = 'correction' AND notice_lots.status = 'awarded'
                    AND (notice_lots.suppliers > 0 OR notice_lots.award_state = 'disclosed')
                   THEN 'given'
               WHEN told.kind IN ('contract', 'contract_change')
                   THEN 'contracted'
           END AS said
      FROM told
      JOIN notice_lots ON notice_lots.notice = told.id
),
-- A contract tells of winners only where no result was seen before it.
lot_said AS (
    SELECT project, place, label, award_state, award_value, award_currency,
           iif(said = 'contracted', 'given', said) AS said, said = 'contracted' AS by_contract
      FROM lot_told
     WHERE said IS NOT NULL
       AND (said <> 'contracted'
            OR NOT EXISTS (SELECT 1 FROM told AS result
                            WHERE result.project = lot_told.project AND result.place < lot_told.place
                              AND result.kind = 'award'))
),
lot_places AS (
    SELECT project, label,
           coalesce(max(place) FILTER (WHERE said = 'opened'), 0) AS opened,
           coalesce(max(place) FILTER (WHERE said = 'given'), 0) AS given,
           coalesce(max(place) FILTER (WHERE said = 'closed'), 0) AS closed
      FROM lot_said
     GROUP BY project, label
),
-- The lot without a label gives way to lots with labels unless it was awarded; opening or closing it opens or closes all that
-- are not awarded.
lot_now AS (
    SELECT lots.project, lots.label, lots.given, lots.closed,
           lots.given > lots.closed AS is_awarded,
           lots.given <= lots.closed
           AND max(lots.opened, coalesce(whole.opened, 0)) > max(lots.closed, coalesce(whole.closed, 0)) AS is_open
      FROM lot_places AS lots
      LEFT JOIN lot_places AS whole ON whole.project = lots.project AND whole.label = ''
     WHERE lots.label <> ''
        OR lots.given > lots.closed
        OR NOT EXISTS (SELECT 1 FROM lot_places AS named WHERE named.project = lots.project AND named.label <> '')
),
-- The latest notice that states a lot's award wins.
lot_award AS (
    SELECT lot_now.project, lot_now.given, lot_said.award_state, lot_said.award_value, lot_said.award_currency,
           row_number() OVER (PARTITION BY lot_now.project, lot_now.label ORDER BY lot_said.place DESC) AS latest
      FROM lot_now
      LEFT JOIN lot_said
             ON lot_said.project = lot_now.project AND lot_said.label = lot_now.label AND lot_said.said = 'given'
            AND lot_said.place > lot_now.closed AND NOT lot_said.by_contract
            AND lot_said.award_state NOT IN ('undisclosed', 'not_applicable')
     WHERE lot_now.is_awarded
),
award_sums AS (
    SELECT project, count(*) AS lots, count(award_value) AS disclosed, sum(award_state IS 'zero') AS free,
           count(DISTINCT award_currency) AS currencies, sum(award_value) AS value, min(award_currency) AS currency,
           min(given) AS first_given, max(given) AS last_given
      FROM lot_award
     WHERE latest = 1
     GROUP BY project
),
-- A notice's own total counts where it alone is printed, and spoils the sum where it disagrees with its lots.
awards AS (
    SELECT award_sums.project,
           CASE
               WHEN told.award_state = 'conflict' THEN NULL
               WHEN disclosed > 0 AND disclosed + free = lots AND currencies = 1 THEN award_sums.value
               WHEN told.award_state = 'disclosed' THEN told.award_value
           END AS value,
           CASE
               WHEN disclosed > 0 AND disclosed + free = lots AND currencies = 1 THEN award_sums.currency
               ELSE told.award_currency
           END AS currency
      FROM award_sums
      LEFT JOIN told ON told.project = award_sums.project AND told.place = award_sums.last_given
                    AND award_sums.first_given = award_sums.last_given AND told.kind = 'award'
),
-- The latest call or correction that states a budget; else the latest result; else the latest intention.
budgets AS (
    SELECT project, budget_value AS value, budget_currency AS currency,
           row_number() OVER (
               PARTITION BY project
               ORDER BY CASE WHEN kind IN ('tender', 'prequalification', 'single_source', 'correction') THEN 1
                             WHEN kind IN ('award', 'contract', 'failed') THEN 2
                             ELSE 3 END,
                        budget_state = 'unparsed', place DESC) AS best
      FROM told
     WHERE budget_state NOT IN ('undisclosed', 'not_applicable')
       AND kind IN ('tender', 'prequalification', 'single_source', 'correction', 'award', 'contract', 'failed', 'intention')
),
life AS (
    SELECT project, min(published_on) AS first_on,
           min(CASE weight WHEN 'subject' THEN 1 WHEN 'item' THEN 2 ELSE 3 END) AS weight,
           coalesce(max(place) FILTER (WHERE kind = 'withdrawn'), 0) AS withdrawn,
           coalesce(max(place) FILTER (WHERE kind IN ('prequalification', 'tender', 'single_source', 'award', 'contract',
                                                      'contract_change')), 0) AS resumed,
           coalesce(max(place) FILTER (WHERE kind IN ('failed', 'award')), 0) AS resulted,
           coalesce(max(place) FILTER (WHERE kind = 'acceptance'), 0) AS completed,
           coalesce(max(place) FILTER (WHERE kind IN ('contract', 'contract_change')), 0) AS contracted,
           count(*) FILTER (WHERE kind NOT IN ('intention', 'acceptance', 'withdrawn', 'other')) AS begun
      FROM told
     GROUP BY project
),
statuses AS (
    SELECT life.project, life.first_on, life.weight,
           CASE
               WHEN life.withdrawn > life.resumed THEN 'withdrawn'
               WHEN lots.known > 0 AND lots.awarded = 0 AND lots.open = 0 AND lots.last_closed BETWEEN 1 AND life.resulted
                   THEN 'failed'
               WHEN life.completed > 0 THEN 'completed'
               WHEN life.contracted > 0 THEN 'contracted'
               WHEN lots.awarded > 0 THEN 'awarded'
               WHEN life.begun > 0 THEN 'tendering'
               ELSE 'planned'
           END AS status
      FROM life
      LEFT JOIN (SELECT project, count(*) AS known, sum(is_awarded) AS awarded, sum(is_open) AS open,
                        max(closed) AS last_closed
                   FROM lot_now GROUP BY project) AS lots ON lots.project = life.project
),
-- The lines that name a term: those of the awarding notice, or of the latest call that lists any.
lines AS (
    SELECT told.project, told.place, told.kind, notice_items.total_value, notice_items.total_currency,
           EXISTS (SELECT 1
                     FROM told AS found
                     JOIN notice_versions ON notice_versions.notice = found.id AND notice_versions.version = found.version
                     JOIN json_each(notice_versions.content, '$.relevance.evidence') AS evidence
                    WHERE found.project = told.project
                      AND instr(lower(notice_items.name), lower(evidence.value ->> 'term')) > 0) AS is_topical
      FROM told
      JOIN notice_items ON notice_items.notice = told.id
),
line_sums AS (
    SELECT lines.project, count(*) AS lines, sum(is_topical) AS topical,
           count(total_value) FILTER (WHERE is_topical) AS disclosed,
           count(DISTINCT total_currency) FILTER (WHERE is_topical) AS currencies,
           sum(total_value) FILTER (WHERE is_topical) AS value, min(total_currency) FILTER (WHERE is_topical) AS currency
      FROM lines
      LEFT JOIN award_sums ON award_sums.project = lines.project
     WHERE lines.place = coalesce(award_sums.last_given,
                                  (SELECT max(asked.place) FROM lines AS asked
                                    WHERE asked.project = lines.project AND asked.kind <> 'award'))
     GROUP BY lines.project
)
SELECT statuses.project, projects.topic, statuses.status,
       CAST(substr(statuses.first_on, 1, 4) AS INTEGER) AS year,
       CAST(substr(statuses.first_on, 6, 2) AS INTEGER) AS month,
       budgets.value AS budget_value,
       iif(budgets.value IS NULL, NULL, budgets.currency) AS budget_currency,
       awards.value AS award_value,
       iif(awards.value IS NULL, NULL, awards.currency) AS award_currency,
       statuses.weight = 1 OR (line_sums.topical > 0 AND line_sums.topical = line_sums.lines) AS is_whole,
       award_sums.project IS NOT NULL AS is_given,
       iif(line_sums.disclosed = line_sums.topical AND line_sums.currencies = 1, line_sums.value, NULL) AS lines_value,
       iif(line_sums.disclosed = line_sums.topical AND line_sums.currencies = 1, line_sums.currency, NULL) AS lines_currency
  FROM statuses
  JOIN projects ON projects.id = statuses.project
  LEFT JOIN budgets ON budgets.project = statuses.project AND budgets.best = 1
  LEFT JOIN award_sums ON award_sums.project = statuses.project
  LEFT JOIN awards ON awards.project = statuses.project
  LEFT JOIN line_sums ON line_sums.project = statuses.project
 WHERE statuses.weight < 3
   AND statuses.first_on IS NOT NULL
   AND statuses.status IN ('tendering', 'awarded', 'contracted', 'completed')
   AND projects.content IS NOT NULL
 ORDER BY statuses.project
