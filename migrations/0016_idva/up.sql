-- The IDVA's part of a case: who has it, and the contacts they had with the survivor. What is recorded
-- here is what people did; nothing is ever sent to a survivor (R8).

create table idva_allocations (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  user_id uuid references users,
  starts_on date not null,
  ends_on date,
  engagement text not null check (engagement in ('not_yet', 'engaged', 'declined', 'not_reached')),
  engagement_on date,
  contact_due_at timestamptz not null,
  contacted_at timestamptz,
  reminded_at timestamptz,
  sealed bytea,
  created_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null
);
create index idva_allocations_case on idva_allocations (case_id, starts_on desc, id desc);
create unique index idva_allocations_one on idva_allocations (case_id) where ends_on is null;
create index idva_allocations_due on idva_allocations (agency_id, contact_due_at, id)
  where ends_on is null and contacted_at is null;
create index idva_allocations_late on idva_allocations (contact_due_at, id)
  where ends_on is null and contacted_at is null and reminded_at is null;
create index idva_allocations_marac on idva_allocations (marac_id);
create index idva_allocations_agency on idva_allocations (agency_id);
create index idva_allocations_user on idva_allocations (user_id) where user_id is not null;
create index idva_allocations_created_by on idva_allocations (created_by) where created_by is not null;
comment on column idva_allocations.contacted_at is 'The first time the survivor was tried, whatever came of it.';
comment on column idva_allocations.sealed is 'Why the survivor declined, or why the allocation ended.';

create table idva_contacts (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  allocation_id uuid not null references idva_allocations,
  agency_id uuid not null references agencies,
  purpose text not null check (purpose in ('before_meeting', 'feedback', 'other')),
  channel text not null check (channel in ('call', 'text', 'voicemail', 'email', 'third_party',
    'in_person')),
  contact_id uuid references party_contacts,
  marked_safe boolean not null,
  result text not null check (result in ('reached', 'no_answer', 'message_left', 'not_safe_to_talk',
    'declined_to_talk')),
  tried_at timestamptz not null,
  meeting_id uuid references meetings,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  sealed bytea not null,
  created_at timestamptz not null,
  check ((contact_id is null) = (channel = 'in_person'))
);
create index idva_contacts_case on idva_contacts (case_id, tried_at desc, id desc);
create index idva_contacts_allocation on idva_contacts (allocation_id);
create index idva_contacts_marac on idva_contacts (marac_id);
create index idva_contacts_agency on idva_contacts (agency_id);
create index idva_contacts_contact on idva_contacts (contact_id) where contact_id is not null;
create index idva_contacts_meeting on idva_contacts (meeting_id) where meeting_id is not null;
create index idva_contacts_by_user on idva_contacts (by_user_id) where by_user_id is not null;
create index idva_contacts_by_actor on idva_contacts (by_actor_id) where by_actor_id is not null;
comment on table idva_contacts is 'What the survivor was told and said, sealed; rows are added, never changed.';
comment on column idva_contacts.marked_safe is
  'Whether the channel was marked safe when it was used; if not, the sealed part says why it was.';

do $$
declare t text;
begin
  foreach t in array array['idva_allocations', 'idva_contacts'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
grant select, insert, update on idva_allocations to toldonce_app;
grant select, insert on idva_contacts to toldonce_app;

-- Allocations made before stand on. The hours for their first contact began when they were made.
insert into idva_allocations (id, marac_id, case_id, agency_id, starts_on, engagement, contact_due_at,
  created_by, created_at)
select distinct on (g.case_id) g.id, g.marac_id, g.case_id, g.agency_id,
  (g.opens_at at time zone 'Europe/London')::date, 'not_yet', g.opens_at + interval '48 hours',
  g.created_by, g.created_at
from circle g where g.basis = 'allocation' and g.ends_at = 'infinity'
order by g.case_id, g.opens_at desc, g.id;

-- Nothing stays with a closed account: an allocation falls back to the service, which names another.
create function release_allocations() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  update idva_allocations set user_id = null, version = version + 1
  where user_id = new.id and ends_on is null;
  return null;
end $$;
revoke execute on function release_allocations from public;
create trigger release_allocations after update of disabled_at on users
  for each row when (new.disabled_at is not null and old.disabled_at is null)
  execute function release_allocations();
