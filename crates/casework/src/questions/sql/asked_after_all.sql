-- Who was sent to the account and asks after all did not leave it at what stands there.
update told_already
set question_id = $4
where case_id = $1
  and heading = $2
  and coalesce(user_id, actor_id) = $3
  and question_id is null
