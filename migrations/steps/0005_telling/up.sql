-- Being told: the jobs that run beside the requests, an inbox, the e-mail that follows from it, and calendar feeds.
-- Nothing here says more than that something of a kind happened. Whose case it is stands as an id; whoever may see
-- the case reads its code with it.

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
  kind text not null,
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
create index notifications_read on notifications (read_at) where read_at is not null;
create index notifications_marac on notifications (marac_id);
create index notifications_case on notifications (case_id) where case_id is not null;
comment on column notifications.once is
  'What was told under this key is not told to the same recipient again; null: told each time.';

create table notification_preferences (
  user_id uuid not null references users,
  kind text not null,
  email boolean not null,
  primary key (user_id, kind)
);

-- Notices, and letters about an account. A letter goes to an address that is fixed when it is written, whatever the
-- account's notices and roles are. What it says, a link too, is sealed under the master key, and is gone once the
-- letter has ended.
create table outbox (
  id uuid primary key,
  user_id uuid not null references users,
  kind text,
  notices uuid[] not null,
  letter text check (letter in ('invitation', 'password_link', 'address_link', 'account_changed')),
  sealed bytea,
  master_key_id text,
  attempts smallint not null default 0,
  next_at timestamptz not null,
  handed_at timestamptz,
  outcome text check (outcome in ('sent', 'refused', 'given_up', 'in_doubt', 'withheld')),
  ended_at timestamptz,
  created_at timestamptz not null,
  check ((outcome is null) = (ended_at is null)),
  constraint outbox_notice_or_letter check (num_nonnulls(kind, letter) = 1),
  constraint outbox_sealed_until_ended
    check ((sealed is not null) = (letter is not null and outcome is null))
);
create index outbox_waiting on outbox (next_at) where outcome is null;
create index outbox_user on outbox (user_id);
create index outbox_ended on outbox (ended_at) where ended_at is not null;
comment on table outbox is 'E-mail to be sent: to whom and of what kind. Its text is made when it is sent, and never stored.';
comment on column outbox.sealed is 'Address and words of a letter; null once it has ended.';
comment on column outbox.handed_at is
  'Set before the text is handed to the mail server. With no outcome after it, nobody knows whether it went, and it is not sent again.';

do $$
declare t text;
begin
  foreach t in array array['notifications', 'notification_preferences', 'outbox'] loop
    execute format($c$alter table %I add constraint %I check (kind in (
      'referral_received', 'referral_returned', 'referral_accepted', 'referral_not_accepted',
      'decision_challenged', 'case_listed', 'research_due', 'research_late', 'meeting_moved',
      'meeting_cancelled', 'action_assigned', 'action_due', 'action_overdue', 'action_escalated',
      'action_reported', 'minutes_issued', 'question_asked', 'question_answered', 'case_lapsing',
      'case_lapsed', 'flag_due', 'idva_contact_due', 'cover_taken', 'password_reset',
      'account_made', 'account_changed', 'role_granted', 'grant_to_confirm', 'client_changed',
      'own_account_changed'
    ))$c$, t, t || '_kind_check');
  end loop;
end $$;

create table calendar_feeds (
  user_id uuid primary key references users,
  token_hash bytea not null unique,
  created_at timestamptz not null
);
