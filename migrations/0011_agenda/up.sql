-- The agenda as it is built: until when a case is deferred, its sessions, and what the build reads.

alter table agenda_items add column deferred_until date;
alter table agenda_items add column session smallint not null default 1 check (session > 0);
comment on column agenda_items.deferred_until is 'The first day on which a list may take the case up again (R22).';
comment on column agenda_items.session is 'Which part of the meeting it is heard in.';
create index agenda_items_waiting on agenda_items (marac_id) where status = 'deferred';
create index cases_waiting on cases (marac_id, last_referral_on) where status = 'listed';

create table agenda_sessions (
  meeting_id uuid not null references meetings,
  number smallint not null check (number > 0),
  marac_id uuid not null references maracs,
  heading text,
  starts_at timestamptz not null,
  primary key (meeting_id, number)
);
create index agenda_sessions_marac on agenda_sessions (marac_id);
comment on table agenda_sessions is
  'Parts of a meeting, each with a start of its own: what lies between two is a break.';
comment on column agenda_sessions.heading is 'Names no case: everybody at the meeting reads it.';

grant select, insert, update, delete on agenda_sessions to toldonce_app;
alter table agenda_sessions enable row level security;
create policy second_lock on agenda_sessions to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true);

-- Whether an IDVA referral is recorded (R9) is counted, and asked of every case of a list: it stands
-- in clear beside the sealed document. Null: received before it was kept.
alter table referrals add column idva_referral text
  check (idva_referral in ('made', 'declined', 'already_open', 'not_made', 'unknown'));
