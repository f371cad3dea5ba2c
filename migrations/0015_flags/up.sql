-- Flags on agencies' own records, and what is done when a case passes twelve months (R13 to R15).

create table flags (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  status text not null check (status in ('asked', 'placed', 'not_placed', 'removal_due', 'removed')),
  asked_on date not null,
  due_on date not null,
  expires_on date not null,
  confirmed_on date,
  confirmed_until date,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint flags_agency_key unique (case_id, agency_id)
);
create index flags_agency on flags (agency_id, due_on, id);
create index flags_agency_due on flags (agency_id, due_on, id) where status in ('asked', 'removal_due');
create index flags_marac on flags (marac_id, due_on, id);
create index flags_marac_due on flags (marac_id, due_on, id) where status in ('asked', 'removal_due');
create index flags_expiring on flags (expires_on) where status in ('asked', 'placed');
comment on table flags is 'A task per case and agency: place a flag, and remove it when the case has lapsed.';
comment on column flags.due_on is 'By when the agency answers what it was last asked.';
comment on column flags.expires_on is 'Twelve months from the last referral, or the day the case was kept until.';
comment on column flags.confirmed_until is 'The day of expiry when the agency last said that it is placed.';

create table flag_events (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  flag_id uuid not null references flags,
  agency_id uuid not null references agencies,
  kind text not null check (kind in ('asked', 'placed', 'not_placed', 'removal_due', 'removed')),
  expires_on date not null,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  by_agency_id uuid references agencies,
  sealed bytea,
  created_at timestamptz not null
);
create index flag_events_flag on flag_events (flag_id, created_at desc, id desc);
create index flag_events_case on flag_events (case_id);
create index flag_events_marac on flag_events (marac_id);
create index flag_events_agency on flag_events (agency_id);
create index flag_events_by_user on flag_events (by_user_id) where by_user_id is not null;
create index flag_events_by_actor on flag_events (by_actor_id) where by_actor_id is not null;
create index flag_events_by_agency on flag_events (by_agency_id) where by_agency_id is not null;
comment on table flag_events is 'What was asked and answered, system and receipt sealed; rows are added, never changed.';

create table lapse_notices (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  lapses_on date not null,
  status text not null check (status in ('open', 'lapsed', 'kept')),
  kept_until date,
  decided_by uuid references users,
  decided_at timestamptz,
  decision bytea,
  created_at timestamptz not null,
  constraint lapse_notices_once unique (case_id, lapses_on),
  check ((status = 'open') = (decided_at is null)),
  check ((status = 'kept') = (kept_until is not null))
);
create index lapse_notices_open on lapse_notices (marac_id, lapses_on, id) where status = 'open';
create index lapse_notices_marac on lapse_notices (marac_id);
create index lapse_notices_decided_by on lapse_notices (decided_by) where decided_by is not null;
comment on table lapse_notices is
  'One per case and day of lapse, for the next agenda (R14). Nothing lapses but by a person''s decision on it.';

create index cases_lapsing on cases (lapses_on, id) where status in ('listed', 'heard', 'monitoring');

do $$
declare t text;
begin
  foreach t in array array['flags', 'flag_events', 'lapse_notices'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
grant select, insert, update on flags, lapse_notices to toldonce_app;
grant select, insert on flag_events to toldonce_app;

-- Confirmations by agency: every case counts, nobody is named, and all readers get the same.
create function flag_register(p_today date, p_maracs uuid[]) returns table (
  marac_id uuid, agency_id uuid, agency text, kind text, asked bigint, asked_overdue bigint,
  placed bigint, not_placed bigint, removal_due bigint, removal_overdue bigint, removed bigint
) language sql stable security definer set search_path = public as $$
  select f.marac_id, g.id, g.name, g.kind,
    count(*) filter (where f.status = 'asked'),
    count(*) filter (where f.status = 'asked' and f.due_on < p_today),
    count(*) filter (where f.status = 'placed'),
    count(*) filter (where f.status = 'not_placed'),
    count(*) filter (where f.status = 'removal_due'),
    count(*) filter (where f.status = 'removal_due' and f.due_on < p_today),
    count(*) filter (where f.status = 'removed')
  from flags f join agencies g on g.id = f.agency_id
  where f.marac_id = any (p_maracs)
    and f.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
  group by f.marac_id, g.id
$$;
revoke execute on function flag_register from public;
grant execute on function flag_register to toldonce_app;
