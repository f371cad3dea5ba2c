-- Whether an action of the case is outstanding, or not done and not yet dealt with by the chair.
select exists (
  select from actions a
  where a.case_id = $1 and {incomplete_action(a)}) as found
