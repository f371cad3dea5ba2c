-- Research: what each agency is asked for about a case on a circulated list, and what it answered.

create table research_returns (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid not null references meetings,
  agenda_item_id uuid not null references agenda_items,
  agency_id uuid not null references agencies,
  status text not null check (status in ('requested', 'nothing_known', 'returned', 'late', 'exempt')),
  standing text not null check (standing in ('open', 'closed', 'withdrawn')),
  nothing_known boolean not null default false,
  due_on date not null,
  requested_at timestamptz not null,
  answered_on date,
  answered_at timestamptz,
  private bytea,
  shareable bytea,
  exemption bytea,
  batch_id uuid,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  version integer not null default 1,
  constraint research_returns_agency_key unique (agenda_item_id, agency_id),
  check ((answered_on is null) = (status in ('requested', 'exempt')))
);
create index research_returns_agency on research_returns (agency_id, due_on, id);
create index research_returns_asked on research_returns (agency_id, due_on, id)
  where status = 'requested' and standing = 'open';
create index research_returns_due on research_returns (due_on)
  where status = 'requested' and standing = 'open';
create index research_returns_meeting on research_returns (meeting_id, agency_id);
create index research_returns_case on research_returns (case_id);
create index research_returns_marac on research_returns (marac_id);
create index research_returns_by_user on research_returns (by_user_id) where by_user_id is not null;
create index research_returns_by_actor on research_returns (by_actor_id) where by_actor_id is not null;
comment on column research_returns.standing is
  'Open to an answer; closed, because the meeting has begun; withdrawn, because nothing is asked any more.';
comment on column research_returns.nothing_known is 'The agency knows nothing: an answer of its own, late or not.';
comment on column research_returns.answered_on is 'Day of the first answer: a later change does not make it late.';
comment on column research_returns.private is 'The agency''s own: read by its representatives and IDVAs alone.';
comment on column research_returns.batch_id is 'The request that answered a whole list, for its retry.';

create table research_versions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  return_id uuid not null references research_returns,
  version integer not null,
  status text not null check (status in ('requested', 'nothing_known', 'returned', 'late', 'exempt')),
  private bytea,
  shareable bytea,
  answered_at timestamptz not null,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  created_at timestamptz not null,
  constraint research_versions_key unique (return_id, version)
);
create index research_versions_case on research_versions (case_id);
create index research_versions_marac on research_versions (marac_id);
create index research_versions_by_user on research_versions (by_user_id) where by_user_id is not null;
create index research_versions_by_actor on research_versions (by_actor_id) where by_actor_id is not null;
comment on table research_versions is
  'What a return said before it was changed, as it was sealed; rows are added, never changed.';

grant select, insert, update on research_returns to toldonce_app;
grant select, insert on research_versions to toldonce_app;

do $$
declare t text;
begin
  foreach t in array array['research_returns', 'research_versions'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
