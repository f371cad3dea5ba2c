-- standings_of(c): what the caller's circle has of the case at this alias, as arrays `s.bases` and `s.full_at`.
-- Both are null where there is nothing. They are for `lens_of`. What a listing or a seat opens in full, it opens only
-- to those who have accepted the confidentiality statement of its meeting.
left join lateral (
  select array_agg(g.basis) as bases,
    array_agg(case
      when g.full_at = 'infinity'
        or (g.basis in ('listing', 'attendance') and not {accepted_statement(g.meeting_id)})
      then timestamptz '9999-01-01'
      else g.full_at
    end) as full_at
  from circle g
  where g.case_id = {c}.id and {in_circle(g)}
) s on true
