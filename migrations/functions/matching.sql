-- Other files of the same pair. In the caller's own MARACs the file is named; elsewhere only the MARAC to ask.
-- The function is in PL/pgSQL because that keeps its plan: an SQL function of another role is planned at every
-- call.
create or replace function pair_matches(p_case uuid) returns table (case_id uuid, marac_id uuid)
language plpgsql stable rows 5 security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin return query
  select distinct case when m.own then m.case_id end, m.marac_id
  from (
    select o.case_id, o.marac_id,
      o.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[]) as own
    from match_tokens t
    join match_tokens o on o.token = t.token and o.kind = t.kind and o.case_id <> t.case_id
    join cases c on c.id = o.case_id
    where t.case_id = p_case and t.kind = 'pair'
      and t.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
      and c.received_at is not null and c.status <> 'joined'
      and o.case_id <> all ((select current_setting('toldonce.closed')::uuid[])::uuid[])
  ) m
  where m.own or not exists (
    select from restrictions r where r.case_id = m.case_id
      and r.ends_at > (select current_setting('toldonce.now')::timestamptz));
end $$;

-- The function belongs to the role of matching, which alone looks across MARACs. To receive a function the role
-- must be allowed to create.
grant create on schema public to toldonce_match;
alter function pair_matches(uuid) owner to toldonce_match;
revoke create on schema public from toldonce_match;

revoke execute on function pair_matches from public;
grant execute on function pair_matches to toldonce_app;
