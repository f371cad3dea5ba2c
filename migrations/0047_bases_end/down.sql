create or replace function hand_over(
  p_user uuid, p_to uuid, p_at timestamptz, p_on date, p_by uuid, p_by_agency uuid, p_ids uuid[]
) returns table (
  kind text, id uuid, marac_id uuid, case_id uuid, becomes text, shown boolean
) language plpgsql security definer set search_path = public as $$
#variable_conflict use_column
begin
  if p_to is not null and not exists (
    select from users a join users b on b.agency_id = a.agency_id
    where a.id = p_user and b.id = p_to and b.id <> a.id and b.disabled_at is null
  ) then
    raise exception 'not a colleague' using errcode = 'insufficient_privilege';
  end if;
  update role_grants set deputy_id = null where deputy_id = p_user;
  update role_grants set ends_at = p_at, deputy_id = null where user_id = p_user and ends_at > p_at;
  update absences set ended_at = p_at where user_id = p_user and ended_at is null;
  return query
  with d as materialized (
    select x.*, (row_number() over ())::integer as n from duties_of(p_user, p_to) x
  ), moved as (
    update actions a set owner_user_id = case d.becomes when 'moves' then p_to end, version = a.version + 1
    from d where d.kind = 'action' and a.id = d.id
    returning a.id, a.marac_id, a.case_id, a.status, a.due_on, a.owner_agency_id
  ), history as (
    insert into action_events (id, marac_id, case_id, action_id, kind, status, due_on, owner_agency_id,
      effective_on, by_user_id, by_agency_id, created_at)
    select p_ids[d.n], a.marac_id, a.case_id, a.id, 'reassigned', a.status, a.due_on, a.owner_agency_id,
      p_on, p_by, p_by_agency, p_at
    from moved a join d on d.kind = 'action' and d.id = a.id
  ), feed as (
    insert into action_changes (action_id, marac_id, case_id, agency_id)
    select a.id, a.marac_id, a.case_id, a.owner_agency_id from moved a
  ), referred as (
    update referrals r set submitted_by = case d.becomes when 'moves' then p_to end, version = r.version + 1
    from d where r.id = d.id and (d.kind = 'referral' or (d.kind = 'draft' and d.becomes = 'moves'))
  ), led as (
    update cases c set lead_user_id = case d.becomes when 'moves' then p_to end, version = c.version + 1
    from d where d.kind = 'lead' and c.id = d.id
  ), allocated as (
    update idva_allocations i set user_id = case d.becomes when 'moves' then p_to end, version = i.version + 1
    from d where d.kind = 'allocation' and i.id = d.id
  ), ended as (
    update circle g set ends_at = p_at, version = g.version + 1
    from d where d.kind in ('case', 'file') and g.id = d.id
  ), opened as (
    insert into circle (id, marac_id, case_id, basis, user_id, opens_at, full_at, ends_at, meeting_id,
      created_by, created_at)
    select p_ids[d.n], d.marac_id, d.case_id, coalesce(g.basis, 'named'), p_to, p_at,
      coalesce(g.full_at, 'infinity'), coalesce(g.ends_at, 'infinity'), g.meeting_id, p_by, p_at
    from d left join circle g on d.kind in ('case', 'file') and g.id = d.id
    where d.becomes = 'moves'
      and (g.id is not null or (d.kind = 'lead' and not exists (
        select from d o where o.kind = 'case' and o.case_id = d.case_id)))
      and not exists (select from circle x where x.case_id = d.case_id and x.user_id = p_to
        and x.basis = coalesce(g.basis, 'named') and x.opens_at <= p_at and x.ends_at > p_at)
  ), seated as (
    update attendances s set version = s.version + 1,
      user_id = case when x.free then p_to else s.user_id end,
      presence = case when x.free then s.presence else 'apologies' end,
      confidentiality_accepted_at = case when x.free then null else s.confidentiality_accepted_at end,
      confidentiality_version = case when x.free then null else s.confidentiality_version end,
      confidentiality_recorded_by = case when x.free then null else s.confidentiality_recorded_by end
    from (select d.id, d.becomes = 'moves' and not exists (select from attendances o
        join attendances mine on mine.id = d.id
        where o.meeting_id = mine.meeting_id and o.agency_id = mine.agency_id and o.user_id = p_to) as free
      from d where d.kind = 'seat') x
    where s.id = x.id
  )
  select d.kind, d.id, d.marac_id, d.case_id, d.becomes, d.shown from d;
end $$;

drop trigger pause_new_row on circle;
drop trigger pause_circle on cases;
drop function pause_new_row();
drop function pause_circle();
drop function rests(text);
alter table circle drop column as_lead, drop column paused;
