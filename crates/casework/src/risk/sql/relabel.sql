-- Writes what is known of a tool now on the assessments of a case by it that say something else, such as those from
-- before it was recorded with them. $6 is how many questions the tool has.
update risk_assessments
set tool_role = $4,
  maximum = $5,
  score = case when $5::smallint is null or not_asked_count = coalesce($6, 0) then null else score end
where case_id = $1
  and tool = $2
  and tool_version = $3
  and (tool_role, maximum) is distinct from ($4, $5)
