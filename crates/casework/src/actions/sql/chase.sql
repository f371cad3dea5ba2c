-- Writes on these actions the step taken, where there is one, and the reminder sent. The actions keep their versions:
-- nobody's words are overwritten by a step.
update actions a
set escalation = coalesce(x.step, a.escalation),
  escalated_on = case when x.step is null then a.escalated_on else $4 end,
  reminders = a.reminders + x.reminded::int::smallint,
  reminded_on = case when x.reminded then $4 else a.reminded_on end
from unnest($1::uuid[], $2::text[], $3::bool[]) as x(id, step, reminded)
where a.id = x.id
