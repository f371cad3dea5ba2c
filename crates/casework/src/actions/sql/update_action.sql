-- Changes an action. Its status is dated anew if it changed; with a new due date it starts at the foot of the ladder.
update actions
set status = $2,
  resolved = $3,
  due_on = $4,
  owner_agency_id = $5,
  owner_user_id = $6,
  superseded_by_id = $7,
  status_at = case when status <> $2 then $8 else status_at end,
  escalation = case when due_on <> $4 then 'none' else escalation end,
  escalated_on = case when due_on <> $4 then null else escalated_on end,
  version = version + 1
where id = $1
