-- An id of version 7, for rows that are made in the database.
create or replace function uuid_v7(p_at timestamptz) returns uuid language sql volatile set search_path = public as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

-- Writes what the people meant find in their inboxes, and one e-mail per person and kind for those who want it.
-- The function decides who is meant, past row-level security, from what is live at this moment: account, agency,
-- agreement, role. Nobody hears of a case that is closed to them, and nobody of what they did themselves. The
-- function answers nothing, because who was told is not the caller's to know.
create or replace function tell(
  p_now timestamptz, p_by_user uuid, p_by_client uuid,
  p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text,
  p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]
) returns void language plpgsql security definer set search_path = public as $$
declare
  v_to text[] := p_to;
  v_ids uuid[] := p_ids;
  v_closed uuid[];
begin
  -- The lead is a person with a live role there, or else the agency that has the case.
  if 'lead' = any (p_to) then
    select array_agg(case when t.name <> 'lead' then t.name when g.user_id is not null then 'user'
          else 'lead_agency' end order by t.n),
        array_agg(case when t.name <> 'lead' then t.id else coalesce(g.user_id, c.lead_agency_id) end order by t.n)
      into v_to, v_ids
      from unnest(p_of, p_to, p_ids) with ordinality t(at, name, id, n)
      left join cases c on t.name = 'lead' and c.id = p_cases[t.at]
      left join lateral (
        select g.user_id from role_grants g
        join users u on u.id = g.user_id and u.disabled_at is null
        join agencies a on a.id = u.agency_id and a.closed_at is null
        join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id
          and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
        where g.user_id = c.lead_user_id and g.marac_id = p_maracs[t.at] and g.ends_at > p_now limit 1) g on true;
  end if;

  v_closed := array(
    select e.case_id from exclusions e where e.case_id = any (p_cases) and e.ends_at > p_now
    union all
    select t.case_id from restrictions t where t.case_id = any (p_cases) and t.ends_at > p_now);

  with addressed as (
    select t.at, t.name, t.id, t.role, p_maracs[t.at] as marac_id, p_cases[t.at] as case_id
    from unnest(p_of, v_to, v_ids, p_roles) t(at, name, id, role)
  ), live as materialized (
    select g.marac_id, g.user_id, g.client_id, g.role, a.id as agency_id
    from role_grants g
    left join users u on u.id = g.user_id and u.disabled_at is null
    left join api_clients c on c.id = g.client_id and c.disabled_at is null
    join agencies a on a.id = coalesce(u.agency_id, c.agency_id) and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id
      and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.ends_at > p_now and g.marac_id = any (p_maracs)
  ), candidate as (
    -- Of an agency's people those of the first role of these that anybody there has; its programs always.
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id,
      case when d.name in ('user', 'actor', 'role') or l.client_id is not null then 0
        else array_position(case d.name
          when 'agency' then array['representative', 'idva', 'agency_lead']
          when 'lead_agency' then array['idva', 'representative', 'agency_lead']
          when 'agency_lead' then array['agency_lead'] end, l.role) end as rank
    from addressed d join live l on l.marac_id = d.marac_id
      and case d.name
        when 'user' then l.user_id = d.id
        when 'role' then l.role = d.role and l.user_id is not null
        when 'actor' then exists (select from registered_actors r where r.id = d.id and r.disabled_at is null
          and (l.user_id = r.user_id or l.client_id = r.client_id))
        when 'agency_lead' then l.agency_id = d.id and l.user_id is not null
        else l.agency_id = d.id end
  ), meant as (
    select o.at, o.user_id, o.client_id, o.rank, min(o.rank) filter (where o.rank > 0)
      over (partition by o.at, o.name, o.id) as best
    from candidate o
    where o.rank is not null and (o.case_id is null or o.case_id <> all (v_closed)
      or not closed_to(o.case_id, o.user_id, o.client_id, o.agency_id, p_now))
  ), told as (
    insert into notifications (id, marac_id, case_id, user_id, client_id, kind, subject, subject_id,
      once, created_at)
    select uuid_v7(p_now), p_maracs[r.at], p_cases[r.at], r.user_id, r.client_id, p_kinds[r.at],
      p_subjects[r.at], p_subject_ids[r.at], p_once, p_now
    from (select distinct m.at, m.user_id, m.client_id from meant m
      where (m.rank = 0 or m.rank = m.best)
        and m.user_id is distinct from coalesce(p_by_user, '00000000-0000-0000-0000-000000000000'::uuid)
        and m.client_id is distinct from coalesce(p_by_client, '00000000-0000-0000-0000-000000000000'::uuid)) r
    on conflict do nothing
    returning id, user_id, kind
  )
  insert into outbox (id, user_id, kind, notices, next_at, created_at)
  select uuid_v7(p_now), t.user_id, t.kind, array_agg(t.id order by t.id), p_now, p_now
  from told t
  left join notification_preferences p on p.user_id = t.user_id and p.kind = t.kind
  where t.user_id is not null and coalesce(p.email, t.kind = any (p_emailed))
  group by t.user_id, t.kind;
end $$;

-- Writes a letter about an account. Only the program opens it, when it is sent.
create or replace function post_letter(
  p_id uuid, p_user uuid, p_letter text, p_sealed bytea, p_master_key text, p_now timestamptz
) returns void language sql volatile security definer set search_path = public as $$
  insert into outbox (id, user_id, letter, notices, sealed, master_key_id, next_at, created_at)
  values (p_id, p_user, p_letter, '{}', p_sealed, p_master_key, p_now, p_now)
$$;

-- What an e-mail needs as it is sent: the address of a live account, and the codes of those cases that are still
-- open to its holder. Without a row nothing is sent.
create or replace function mail_of(p_ids uuid[], p_now timestamptz) returns table (
  id uuid, address text, codes text[]
) language sql stable security definer set search_path = public as $$
  select o.id, u.email, coalesce(array_agg(distinct c.code) filter (where c.code is not null), '{}')
  from outbox o
  join users u on u.id = o.user_id and u.disabled_at is null
  join agencies a on a.id = u.agency_id and a.closed_at is null
  join notifications n on n.id = any (o.notices)
  join marac_agencies m on m.marac_id = n.marac_id and m.agency_id = a.id
    and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
  left join cases c on c.id = n.case_id
  where o.id = any (p_ids)
    and exists (select from role_grants g where g.user_id = u.id and g.marac_id = n.marac_id and g.ends_at > p_now)
    and (n.case_id is null or not closed_to(n.case_id, u.id, null, a.id, p_now))
  group by o.id, u.email
$$;

-- The meetings of a feed's owner, in the MARACs whose meetings they may list. One row without a meeting says that
-- the token is known.
create or replace function calendar_of(p_token bytea, p_now timestamptz) returns table (
  user_id uuid, meeting_id uuid, starts_at timestamptz, minutes integer, cancelled boolean, version integer
) language sql stable security definer set search_path = public as $$
  select u.id, m.id, m.starts_at, m.capacity * m.minutes_per_case, m.status = 'cancelled', m.version
  from calendar_feeds f
  join users u on u.id = f.user_id and u.disabled_at is null
  join agencies a on a.id = u.agency_id and a.closed_at is null
  left join meetings m on m.starts_at > p_now - interval '1 year' and exists (
    select from role_grants g
    join marac_agencies s on s.marac_id = g.marac_id and s.agency_id = a.id
      and s.suspended_at is null and (s.access_ends_at is null or s.access_ends_at > p_now)
    where g.user_id = u.id and g.marac_id = m.marac_id and g.ends_at > p_now
      and g.role in ('idva', 'representative', 'observer', 'coordinator', 'chair'))
  where f.token_hash = p_token
  order by m.starts_at, m.id
$$;

revoke execute on function uuid_v7, tell, post_letter, mail_of, calendar_of from public;
grant execute on function tell, post_letter, mail_of, calendar_of to toldonce_app;
