-- The head of a case follows its figures: its score ($2), whether that is visible high risk ($3), and whether anything
-- in them changed ($4). A criterion is only ever added (R4).
update cases
set score = $2,
  risk_due = false,
  version = version + case
    when $4 or ($3 and not 'visible_high_risk' = any (criteria)) then 1
    else 0
  end,
  criteria = case
    when $3 and not 'visible_high_risk' = any (criteria) then array_prepend('visible_high_risk', criteria)
    else criteria
  end
where id = $1
