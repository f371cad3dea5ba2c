-- Questions on the account: what somebody lacks and asks the case's lead for, instead of ringing the
-- survivor.

create table questions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  heading text not null check (heading in ('what_happened', 'who_else_is_affected', 'what_is_feared',
    'what_the_survivor_wants', 'what_has_been_tried', 'what_is_needed_now', 'practical_safety')),
  status text not null check (status in ('open', 'taken', 'answered_from_account', 'answered_new',
    'declined', 'withdrawn')),
  agency_id uuid not null references agencies,
  asked_by uuid references users,
  actor_id uuid references registered_actors,
  read_entries uuid[] not null default '{}',
  answer_entries uuid[] not null default '{}',
  taken_at timestamptz,
  taken_by uuid references users,
  settled_at timestamptz,
  settled_by uuid references users,
  sealed bytea not null,
  settling bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((settled_at is null) = (status in ('open', 'taken')))
);
create index questions_case on questions (case_id, created_at desc, id desc);
create index questions_marac on questions (marac_id);
create index questions_agency on questions (agency_id);
create index questions_asked_by on questions (asked_by) where asked_by is not null;
create index questions_actor on questions (actor_id) where actor_id is not null;
create index questions_taken_by on questions (taken_by) where taken_by is not null;
create index questions_settled_by on questions (settled_by) where settled_by is not null;
comment on column questions.read_entries is
  'Entries under the heading that the asker could read, and named as read, before asking.';
comment on column questions.settling is 'A note to the answer, or why it was declined, sealed.';

-- Somebody who wanted to ask was sent to what they can read, and left it at that. One row a person
-- and heading, however often they tried; a question taken after all claims it.
create table told_already (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  heading text not null check (heading in ('what_happened', 'who_else_is_affected', 'what_is_feared',
    'what_the_survivor_wants', 'what_has_been_tried', 'what_is_needed_now', 'practical_safety')),
  agency_id uuid not null references agencies,
  user_id uuid references users,
  actor_id uuid references registered_actors,
  question_id uuid references questions,
  created_at timestamptz not null,
  check (num_nonnulls(user_id, actor_id) > 0)
);
create unique index told_already_once on told_already (case_id, heading, coalesce(user_id, actor_id))
  where question_id is null;
create index told_already_case on told_already (case_id);
create index told_already_marac on told_already (marac_id);
create index told_already_agency on told_already (agency_id);
create index told_already_user on told_already (user_id) where user_id is not null;
create index told_already_actor on told_already (actor_id) where actor_id is not null;
create index told_already_question on told_already (question_id) where question_id is not null;

-- Single entries that the lead opened to an agency on a question, before it reads the account. They
-- end with what the asker saw the case by.
create table entry_openings (
  entry_id uuid not null references account_entries,
  question_id uuid not null references questions,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  circle_id uuid not null references circle,
  opened_by uuid references users,
  created_at timestamptz not null,
  primary key (entry_id, question_id)
);
create index entry_openings_case on entry_openings (case_id, agency_id);
create index entry_openings_question on entry_openings (question_id);
create index entry_openings_marac on entry_openings (marac_id);
create index entry_openings_agency on entry_openings (agency_id);
create index entry_openings_circle on entry_openings (circle_id);
create index entry_openings_opened_by on entry_openings (opened_by) where opened_by is not null;

grant select, insert, update on questions, told_already to toldonce_app;
grant select, insert on entry_openings to toldonce_app;

do $$
declare t text;
begin
  foreach t in array array['questions', 'told_already', 'entry_openings'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
