-- Minutes: what was recorded at a meeting, as it was when it was approved. A version holds what it
-- changed and nothing else: the frame of the meeting under the meeting's key, and a part for each case
-- under the key of that case. So a correction of one case touches no other, and who is shut out of a
-- case meets neither its part nor a version that changed nothing but it.

create table meeting_keys (
  meeting_id uuid primary key references meetings,
  marac_id uuid not null references maracs,
  master_key_id text not null,
  wrapped bytea,
  destroyed_at timestamptz,
  created_at timestamptz not null,
  check ((wrapped is null) = (destroyed_at is not null))
);
create index meeting_keys_marac on meeting_keys (marac_id);
create index meeting_keys_master on meeting_keys (master_key_id) where wrapped is not null;
comment on table meeting_keys is
  'Keys of what is told at a meeting about no case. Kept as data_keys are: apart, with a life of their own.';

create table minutes_versions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  meeting_id uuid not null references meetings,
  number integer not null check (number > 0),
  status text not null check (status in ('draft', 'approved', 'issued')),
  due_on date not null,
  frame bytea,
  drafted_by uuid references users,
  drafted_at timestamptz not null,
  approved_by uuid references users,
  approved_at timestamptz,
  issued_by uuid references users,
  issued_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((status = 'draft') = (approved_at is null)),
  check ((status = 'issued') = (issued_at is not null)),
  constraint minutes_versions_number_key unique (meeting_id, number)
);
create unique index minutes_versions_one_in_hand on minutes_versions (meeting_id)
  where status <> 'issued';
create index minutes_versions_marac on minutes_versions (marac_id, issued_at);
create index minutes_versions_drafted_by on minutes_versions (drafted_by) where drafted_by is not null;
create index minutes_versions_approved_by on minutes_versions (approved_by)
  where approved_by is not null;
create index minutes_versions_issued_by on minutes_versions (issued_by) where issued_by is not null;
comment on column minutes_versions.due_on is 'By the settings as they stood when it was drafted (R25).';
comment on column minutes_versions.frame is 'Null: as in the version before.';

create table minutes_parts (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid not null references meetings,
  version_id uuid not null references minutes_versions,
  position integer not null,
  sealed bytea not null,
  created_at timestamptz not null,
  constraint minutes_parts_case_key unique (version_id, case_id)
);
create index minutes_parts_meeting on minutes_parts (meeting_id, position);
create index minutes_parts_case on minutes_parts (case_id);
create index minutes_parts_marac on minutes_parts (marac_id);
comment on table minutes_parts is 'A case without a part in a version stands as in the version before.';

grant select, insert, update on meeting_keys, minutes_versions to toldonce_app;
grant select, insert, delete on minutes_parts to toldonce_app;

do $$
declare t text;
begin
  foreach t in array array['meeting_keys', 'minutes_versions'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
alter table minutes_parts enable row level security;
create policy second_lock on minutes_parts to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);

-- What was issued stays (R24), whoever asks.
create trigger minutes_versions_stay before update or delete on minutes_versions
  for each row when (old.status = 'issued') execute function refuse_change();
create trigger minutes_versions_stay_whole before truncate on minutes_versions
  for each statement execute function refuse_change();
create trigger minutes_parts_stay_whole before update or truncate on minutes_parts
  for each statement execute function refuse_change();

create function minutes_part_of_draft() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_version uuid := case when tg_op = 'INSERT' then new.version_id else old.version_id end;
begin
  if not exists (select from minutes_versions v where v.id = v_version and v.status = 'draft') then
    raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return case when tg_op = 'INSERT' then new else old end;
end $$;
revoke execute on function minutes_part_of_draft from public;
create trigger minutes_parts_stay before insert or delete on minutes_parts
  for each row execute function minutes_part_of_draft();
