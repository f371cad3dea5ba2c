-- action_columns(): an action `a` with what is shown of its case and its owner: see `action_joins`.
select a.id, a.case_id, c.code as case_code, a.marac_id, a.owner_agency_id, o.name as owner_agency, a.owner_user_id,
  a.target, a.category, a.priority, a.due_on, a.agreed_on, a.status, a.resolved, a.needs, a.carried_over, a.escalation,
  a.reminders, a.gaps, a.status_at, a.meeting_id, a.agenda_item_id, a.superseded_by_id, a.version, a.sealed,
  {key_columns()}, s.id as survivor_id, s.identity as survivor
