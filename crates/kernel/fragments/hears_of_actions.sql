-- hears_of_actions(c): the caller hears of every agency's actions on the visible case at this alias.
-- It is `Lens::shows_actions`, for rows. A listing or a seat tells of them from the meeting's start those who have
-- accepted its statement (R19). Having referred the case tells of none (domain 6.2).
({c}.marac_id = any ($staff)
  or exists (
    select from circle g
    where g.case_id = {c}.id
      and {in_circle(g)}
      and (g.basis in ('allocation', 'named')
        or (g.full_at <= $now
          and (g.basis = 'share'
            or (g.basis in ('listing', 'attendance') and {accepted_statement(g.meeting_id)}))))))
