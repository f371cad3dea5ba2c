-- Another threshold tool leads in a MARAC. The figures of its cases are worked out anew, also of cases that are
-- closed to whoever changed the setting. The function answers nothing.
create or replace function recount_risk(p_marac uuid) returns void
language sql security definer set search_path = public as $$
  update cases c set risk_due = true
  where c.marac_id = p_marac
    and p_marac = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
    and exists (select from risk_assessments a where a.case_id = c.id)
$$;

revoke execute on function recount_risk from public;
grant execute on function recount_risk to toldonce_app;
