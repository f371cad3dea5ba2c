-- flag_columns(): a flag `a` of `flags_as_actions` with what is shown with it: see `flag_joins`.
select a.id, a.case_id, c.code as case_code, a.marac_id, a.owner_agency_id as agency_id, o.name as agency,
  a.flag_status, a.asked_on, a.due_on, a.expires_on, a.confirmed_on, a.confirmed_until,
  coalesce({owned_action(a)}, false) as owned, a.version, {key_columns()},
  s.id as survivor_id, s.identity as survivor, e.id as said_id, e.sealed as said
