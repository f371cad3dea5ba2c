-- Being told: the jobs that run beside the requests, an inbox, the e-mail that follows from it, and
-- calendar feeds. Nothing here says more than that something of a kind happened; whose case it is
-- stands as an id, and its code is read by whoever may see the case when they read.

create table jobs (
  name text primary key,
  next_at timestamptz not null,
  taken_at timestamptz,
  done_at timestamptz,
  failures integer not null default 0
);
comment on table jobs is 'When each job of the program is due next, whichever server runs it.';
comment on column jobs.failures is 'Failures in a row; none since the last success.';

create table notifications (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid references cases,
  user_id uuid references users,
  client_id uuid references api_clients,
  kind text not null check (kind in ('referral_received', 'referral_returned', 'referral_accepted',
    'referral_not_accepted', 'case_listed', 'research_due', 'research_late', 'meeting_moved',
    'meeting_cancelled', 'action_assigned', 'action_due', 'action_overdue', 'action_escalated',
    'action_reported', 'minutes_issued', 'question_asked', 'question_answered', 'case_lapsing',
    'case_lapsed', 'flag_due', 'idva_contact_due', 'cover_taken')),
  subject text not null check (subject ~ '^[a-z_]{1,40}$'),
  subject_id uuid not null,
  once text,
  read_at timestamptz,
  created_at timestamptz not null,
  check (num_nonnulls(user_id, client_id) = 1)
);
create unique index notifications_once_user on notifications (user_id, kind, subject_id, once)
  where user_id is not null and once is not null;
create unique index notifications_once_client on notifications (client_id, kind, subject_id, once)
  where client_id is not null and once is not null;
create index notifications_user on notifications (user_id, id) where user_id is not null;
create index notifications_client on notifications (client_id, id) where client_id is not null;
create index notifications_unread_user on notifications (user_id, id)
  where user_id is not null and read_at is null;
create index notifications_unread_client on notifications (client_id, id)
  where client_id is not null and read_at is null;
create index notifications_marac on notifications (marac_id);
create index notifications_case on notifications (case_id) where case_id is not null;
comment on column notifications.once is
  'What was told under this key is not told to the same recipient again; null: told each time.';

create table notification_preferences (
  user_id uuid not null references users,
  kind text not null check (kind in ('referral_received', 'referral_returned', 'referral_accepted',
    'referral_not_accepted', 'case_listed', 'research_due', 'research_late', 'meeting_moved',
    'meeting_cancelled', 'action_assigned', 'action_due', 'action_overdue', 'action_escalated',
    'action_reported', 'minutes_issued', 'question_asked', 'question_answered', 'case_lapsing',
    'case_lapsed', 'flag_due', 'idva_contact_due', 'cover_taken')),
  email boolean not null,
  primary key (user_id, kind)
);

create table outbox (
  id uuid primary key,
  user_id uuid not null references users,
  kind text not null check (kind in ('referral_received', 'referral_returned', 'referral_accepted',
    'referral_not_accepted', 'case_listed', 'research_due', 'research_late', 'meeting_moved',
    'meeting_cancelled', 'action_assigned', 'action_due', 'action_overdue', 'action_escalated',
    'action_reported', 'minutes_issued', 'question_asked', 'question_answered', 'case_lapsing',
    'case_lapsed', 'flag_due', 'idva_contact_due', 'cover_taken')),
  notices uuid[] not null,
  attempts smallint not null default 0,
  next_at timestamptz not null,
  handed_at timestamptz,
  outcome text check (outcome in ('sent', 'refused', 'given_up', 'in_doubt', 'withheld')),
  ended_at timestamptz,
  created_at timestamptz not null,
  check ((outcome is null) = (ended_at is null))
);
create index outbox_waiting on outbox (next_at) where outcome is null;
create index outbox_user on outbox (user_id);
create index outbox_ended on outbox (ended_at) where ended_at is not null;
comment on table outbox is 'E-mail to be sent: to whom and of what kind. Its text is made when it is sent, and never stored.';
comment on column outbox.handed_at is
  'Set before the text is handed to the mail server. With no outcome after it, nobody knows whether it went, and it is not sent again.';

create table calendar_feeds (
  user_id uuid primary key references users,
  token_hash bytea not null unique,
  created_at timestamptz not null
);

grant select, insert, update on jobs, notification_preferences, calendar_feeds to toldonce_app;
grant delete on calendar_feeds to toldonce_app;
-- Rows of these two come from `tell` alone.
grant select, update on notifications, outbox to toldonce_app;

alter table notifications enable row level security;
-- As filters that offer no index: an inbox is read by its own.
create policy second_lock on notifications to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (case_id is null
    or case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);

-- An id of version 7 for rows that are made here.
create function uuid_v7(p_at timestamptz) returns uuid language sql volatile set search_path = public as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

-- Whether a case is closed to somebody who is not the caller: the rule of load_actor, for a person or
-- for a program in its own name.
create function closed_to(
  p_case uuid, p_user uuid, p_client uuid, p_agency uuid, p_now timestamptz
) returns boolean language plpgsql stable security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from exclusions e where e.case_id = p_case and e.ends_at > p_now and (
      e.user_id = p_user
      or (e.agency_id = p_agency and (p_user is null or e.exempt_user_id is distinct from p_user))
      or (p_client is not null and (
        e.user_id in (select u.id from users u where u.agency_id = p_agency)
        or e.actor_id in (select r.id from registered_actors r where r.agency_id = p_agency)))))
  or exists (
    select from restrictions t where t.case_id = p_case and t.ends_at > p_now
      and (p_client is not null or not exists (
        select from circle g where g.case_id = p_case and g.basis = 'named' and g.user_id = p_user
          and g.opens_at <= p_now and g.ends_at > p_now)));
end $$;

-- Writes what the people meant find in their inboxes, and one e-mail per person and kind for those
-- who want it. Who is meant is decided here, past row-level security, from what is live now: account,
-- agency, agreement, role. Nobody hears of a case that is closed to them, and nobody of what they did
-- themselves. It answers nothing: who was told is not the caller's to know.
create function tell(
  p_now timestamptz, p_by_user uuid, p_by_client uuid,
  p_kinds text[], p_maracs uuid[], p_cases uuid[], p_subjects text[], p_subject_ids uuid[], p_once text,
  p_of integer[], p_to text[], p_ids uuid[], p_roles text[], p_emailed text[]
) returns void language plpgsql security definer set search_path = public
  set plan_cache_mode = force_generic_plan as $$
begin
  with notice as (
    select * from unnest(p_kinds, p_maracs, p_cases, p_subjects, p_subject_ids)
      with ordinality n(kind, marac_id, case_id, subject, subject_id, at)
  ), live as materialized (
    select g.marac_id, g.user_id, g.client_id, g.role, a.id as agency_id
    from role_grants g
    left join users u on u.id = g.user_id and u.disabled_at is null
    left join api_clients c on c.id = g.client_id and c.disabled_at is null
    join agencies a on a.id = coalesce(u.agency_id, c.agency_id) and a.closed_at is null
    join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = a.id
      and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > p_now)
    where g.ends_at > p_now and g.marac_id = any (p_maracs)
  ), addressed as (
    -- The lead is a person, or the agency that has the case.
    select n.at, n.marac_id, n.case_id,
      case when t.name <> 'lead' then t.name when l.user_id is not null then 'user' else 'lead_agency' end as name,
      case when t.name = 'lead' then coalesce(l.user_id, c.lead_agency_id) else t.id end as id, t.role
    from unnest(p_of, p_to, p_ids, p_roles) t(at, name, id, role)
    join notice n using (at)
    left join cases c on t.name = 'lead' and c.id = n.case_id
    left join lateral (select live.user_id from live
      where live.marac_id = n.marac_id and live.user_id = c.lead_user_id limit 1) l on true
  ), candidate as (
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0 as rank
    from addressed d join live l on l.marac_id = d.marac_id and l.user_id = d.id
    where d.name = 'user'
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0
    from addressed d join registered_actors r on r.id = d.id and r.disabled_at is null
    join live l on l.marac_id = d.marac_id and (l.user_id = r.user_id or l.client_id = r.client_id)
    where d.name = 'actor'
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0
    from addressed d join live l on l.marac_id = d.marac_id and l.role = d.role
    where d.name = 'role' and l.user_id is not null
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, r.rank
    from addressed d join live l on l.marac_id = d.marac_id and l.agency_id = d.id
    join (values ('agency', 'representative', 1), ('agency', 'idva', 2), ('agency', 'agency_lead', 3),
        ('lead_agency', 'idva', 1), ('lead_agency', 'representative', 2), ('lead_agency', 'agency_lead', 3),
        ('agency_lead', 'agency_lead', 1)) r(name, role, rank)
      on r.name = d.name and r.role = l.role
    where l.user_id is not null
    union all
    select d.at, d.case_id, d.name, d.id, l.user_id, l.client_id, l.agency_id, 0
    from addressed d join live l on l.marac_id = d.marac_id and l.agency_id = d.id
    where d.name in ('agency', 'lead_agency') and l.client_id is not null
  ), open as (
    select distinct on (c.at, c.name, c.id, c.user_id, c.client_id) c.*
    from candidate c
    where c.case_id is null or not closed_to(c.case_id, c.user_id, c.client_id, c.agency_id, p_now)
    order by c.at, c.name, c.id, c.user_id, c.client_id, c.rank
  ), meant as (
    select o.at, o.user_id, o.client_id, o.rank, min(o.rank) filter (where o.rank > 0)
      over (partition by o.at, o.name, o.id) as best
    from open o
  ), told as (
    insert into notifications (id, marac_id, case_id, user_id, client_id, kind, subject, subject_id,
      once, created_at)
    select uuid_v7(p_now), n.marac_id, n.case_id, r.user_id, r.client_id, n.kind, n.subject, n.subject_id,
      p_once, p_now
    from (select distinct m.at, m.user_id, m.client_id from meant m
      where (m.rank = 0 or m.rank = m.best)
        and m.user_id is distinct from coalesce(p_by_user, '00000000-0000-0000-0000-000000000000'::uuid)
        and m.client_id is distinct from coalesce(p_by_client, '00000000-0000-0000-0000-000000000000'::uuid)) r
    join notice n using (at)
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

-- What an e-mail needs as it is sent: the address of a live account, and the codes of those cases that
-- are still open to its holder. No row: nothing is sent.
create function mail_of(p_ids uuid[], p_now timestamptz) returns table (
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

-- The meetings of a feed's owner, in the MARACs whose meetings they may list now. One row without a
-- meeting: the token is known.
create function calendar_of(p_token bytea, p_now timestamptz) returns table (
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

revoke execute on function uuid_v7, closed_to, tell, mail_of, calendar_of from public;
grant execute on function tell, mail_of, calendar_of to toldonce_app;
