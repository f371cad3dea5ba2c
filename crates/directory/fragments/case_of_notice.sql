-- case_of_notice(n): joins the case of the notification at this alias, as `c`, if it is in sight.
-- Row-level security has left out what is closed to the reader; an action's owner reads its code whatever has become of
-- the case.
left join cases c on c.id = {n}.case_id
  and ({visible_cases(c)}
    or ({n}.subject = 'action'
      and exists (
        select from actions a
        where a.id = {n}.subject_id
          and a.case_id = c.id
          and {visible_actions(a)})))
