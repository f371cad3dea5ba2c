-- The case file: who is in it, what was referred and told, and who may see it. It is opened with the draft of a
-- referral (status 'intake') so that one rule of visibility, one data key and one set of child tables hold from
-- the first word that is written.

create table persons (
  id uuid primary key,
  created_at timestamptz not null
);
comment on table persons is 'A link that matching makes between parties. Holds no content.';

create table cases (
  id uuid primary key,
  marac_id uuid not null references maracs,
  code text not null unique,
  status text not null check (status in ('intake', 'not_accepted', 'listed', 'heard', 'monitoring',
    'lapsed', 'closed', 'transferred_out', 'joined')),
  received_at timestamptz,
  opened_at timestamptz,
  last_referral_on date,
  lapses_on date,
  score smallint,
  risk_due boolean not null default false,
  criteria text[] not null default '{}',
  has_children boolean not null default false,
  lead_user_id uuid references users,
  lead_agency_id uuid references agencies,
  restricted boolean not null default false,
  closed_at timestamptz,
  closed_because text check (closed_because in ('risk_reduced', 'support_in_place', 'moved_away',
    'died', 'declined', 'transferred', 'other')),
  closing bytea,
  tokens_version smallint not null default 1,
  version integer not null default 1,
  created_at timestamptz not null
);
create index cases_marac on cases (marac_id, last_referral_on desc, id desc) where opened_at is not null;
create index cases_waiting on cases (marac_id, last_referral_on) where status = 'listed';
create index cases_lapse on cases (marac_id, lapses_on) where status in ('heard', 'monitoring');
create index cases_lapsing on cases (lapses_on, id) where status in ('listed', 'heard', 'monitoring');
create index cases_risk_due on cases (id) where risk_due;
create index cases_tokens_version on cases (tokens_version, id);
create index cases_lead_user on cases (lead_user_id) where lead_user_id is not null;
create index cases_lead_agency on cases (lead_agency_id) where lead_agency_id is not null;
comment on column cases.received_at is 'First submission: from here coordinator and chair see the file.';
comment on column cases.score is 'The first figure in risk_figures of the leading tool.';
comment on column cases.risk_due is 'The figures of risk are to be worked out anew from the sealed answers.';
comment on column cases.tokens_version is 'Of how tokens are made, when the file was last looked at.';

create table data_keys (
  case_id uuid primary key references cases,
  marac_id uuid not null references maracs,
  master_key_id text not null,
  wrapped bytea,
  destroyed_at timestamptz,
  created_at timestamptz not null,
  check ((wrapped is null) = (destroyed_at is not null))
);
create index data_keys_marac on data_keys (marac_id);
create index data_keys_master on data_keys (master_key_id) where wrapped is not null;

-- Referrals.

create table referrals (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  own_file_id uuid references cases,
  agency_id uuid not null references agencies,
  co_agency_id uuid references agencies,
  submitted_by uuid references users,
  actor_id uuid references registered_actors,
  external_ref text,
  status text not null check (status in ('draft', 'submitted', 'returned', 'accepted',
    'not_accepted', 'withdrawn')),
  urgent boolean not null default false,
  referred_on date,
  submitted_at timestamptz,
  document bytea not null,
  tool text,
  tool_version integer,
  score smallint,
  maximum smallint,
  not_asked_count smallint,
  criteria text[] not null default '{}',
  -- Whether an IDVA referral is recorded (R9) is counted, and asked of every case of a list. So it stands in
  -- clear beside the sealed document.
  idva_referral text check (idva_referral in ('made', 'declined', 'already_open', 'not_made', 'unknown')),
  missing text[] not null default '{}',
  gaps text[] not null default '{}',
  is_repeat boolean,
  separate bytea,
  decided_by uuid references users,
  decided_at timestamptz,
  decision bytea,
  challenge bytea,
  challenged_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint referrals_external_key unique (agency_id, external_ref)
);
create index referrals_inbox on referrals (marac_id, (not urgent), submitted_at, id)
  where status in ('submitted', 'returned');
create index referrals_mine on referrals (submitted_by, created_at desc, id desc);
create index referrals_case on referrals (case_id, referred_on);
create index referrals_marac on referrals (marac_id, created_at desc, id desc);
create index referrals_own_file on referrals (own_file_id) where own_file_id is not null;
create index referrals_co_agency on referrals (co_agency_id) where co_agency_id is not null;
create index referrals_actor on referrals (actor_id) where actor_id is not null;
create index referrals_decided_by on referrals (decided_by) where decided_by is not null;
comment on column referrals.own_file_id is 'The file it was sent in, once it was joined to another one.';
comment on column referrals.document is 'The referral as received, sealed under its case''s key.';
comment on column referrals.separate is 'Why it opened a case of its own although its pair was known.';

create table referral_joins (
  referral_id uuid primary key references referrals,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  file_id uuid not null references cases,
  reason bytea,
  status_before text not null check (status_before in ('intake', 'not_accepted', 'listed', 'heard',
    'monitoring', 'lapsed', 'closed', 'transferred_out', 'joined')),
  closed_before timestamptz,
  joined_by uuid references users,
  unjoined_at timestamptz,
  unjoined_by uuid references users,
  unjoin_reason bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((unjoined_at is null) = (unjoin_reason is null))
);
create index referral_joins_marac on referral_joins (marac_id);
create index referral_joins_case on referral_joins (case_id);
create index referral_joins_file on referral_joins (file_id);
create index referral_joins_joined_by on referral_joins (joined_by) where joined_by is not null;
create index referral_joins_unjoined_by on referral_joins (unjoined_by) where unjoined_by is not null;
comment on table referral_joins is 'Referrals that were joined to a case, why, and how the case stood before.';

create table referral_counts (
  referral_id uuid primary key references referrals,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referred_on date not null,
  source text not null,
  co_source text,
  gender text not null,
  ethnicity text not null,
  lgbt text not null check (lgbt in ('yes', 'no', 'unknown')),
  disabled text not null check (disabled in ('yes', 'no', 'unknown')),
  age smallint,
  perpetrator_under_18 text not null check (perpetrator_under_18 in ('yes', 'no', 'unknown')),
  children smallint not null check (children >= 0),
  filed_at timestamptz
);
create index referral_counts_period on referral_counts (marac_id, referred_on);
create index referral_counts_case on referral_counts (case_id);
comment on table referral_counts is 'What is counted, as at the referral date; names nobody.';

-- Who is in the file. `referral_id` says with which referral a row came, so that a referral can be taken out again;
-- `also_from` names the later referrals that say the same.

create table parties (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  also_from uuid[] not null default '{}',
  person_id uuid not null references persons,
  role text not null check (role in ('survivor', 'perpetrator', 'child', 'other_adult')),
  identity bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index parties_case on parties (case_id, role);
create index parties_marac on parties (marac_id);
create index parties_person on parties (person_id);
create index parties_referral on parties (referral_id) where referral_id is not null;

create table party_characteristics (
  party_id uuid primary key references parties,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index party_characteristics_case on party_characteristics (case_id);
create index party_characteristics_marac on party_characteristics (marac_id);
create index party_characteristics_referral on party_characteristics (referral_id)
  where referral_id is not null;

create table party_addresses (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  also_from uuid[] not null default '{}',
  party_id uuid not null references parties,
  kind text not null check (kind in ('current', 'usual', 'previous', 'refuge')),
  confidential boolean not null,
  known_to_perpetrator text not null check (known_to_perpetrator in ('yes', 'no', 'unknown')),
  valid_from date,
  valid_to date,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null,
  -- Whatever is sent, and whichever way the address comes into the file.
  constraint party_addresses_refuge_is_confidential check (kind <> 'refuge' or confidential)
);
create index party_addresses_case on party_addresses (case_id);
create index party_addresses_party on party_addresses (party_id);
create index party_addresses_marac on party_addresses (marac_id);
create index party_addresses_referral on party_addresses (referral_id) where referral_id is not null;

create table party_contacts (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  also_from uuid[] not null default '{}',
  party_id uuid not null references parties,
  kind text not null check (kind in ('phone', 'email', 'third_party')),
  safe_to_call boolean not null default false,
  safe_to_text boolean not null default false,
  safe_voicemail boolean not null default false,
  withheld_number boolean not null default true,
  confirmed_at timestamptz,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index party_contacts_case on party_contacts (case_id);
create index party_contacts_party on party_contacts (party_id);
create index party_contacts_marac on party_contacts (marac_id);
create index party_contacts_referral on party_contacts (referral_id) where referral_id is not null;

create table party_relationships (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  also_from uuid[] not null default '{}',
  filled_by_id uuid references referrals,
  from_party_id uuid not null references parties,
  to_party_id uuid not null references parties,
  kind text not null,
  living_together text not null check (living_together in ('yes', 'no', 'unknown')),
  version integer not null default 1,
  created_at timestamptz not null,
  check (from_party_id <> to_party_id),
  constraint party_relationships_pair_key unique (from_party_id, to_party_id)
);
create index party_relationships_case on party_relationships (case_id);
create index party_relationships_to on party_relationships (to_party_id);
create index party_relationships_marac on party_relationships (marac_id);
create index party_relationships_referral on party_relationships (referral_id)
  where referral_id is not null;
create index party_relationships_filled_by on party_relationships (filled_by_id)
  where filled_by_id is not null;
comment on column party_relationships.filled_by_id is
  'The joined referral whose word stands here in place of another one; null once somebody has set it by hand.';

create table identity_differences (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  party_id uuid not null references parties,
  referral_id uuid not null references referrals,
  sealed bytea not null,
  decision text check (decision in ('alias', 'correct', 'leave')),
  decided_by uuid references users,
  decided_at timestamptz,
  taken_over boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((decision is null) = (decided_at is null))
);
create index identity_differences_marac on identity_differences (marac_id);
create index identity_differences_case on identity_differences (case_id);
create index identity_differences_party on identity_differences (party_id);
create index identity_differences_referral on identity_differences (referral_id);
create index identity_differences_decided_by on identity_differences (decided_by)
  where decided_by is not null;
comment on table identity_differences is
  'Names and dates in which a joined referral differs from what is recorded of somebody, as the referral has them.';
comment on column identity_differences.taken_over is
  'A decision has put it into the case; a later one takes nothing back.';

-- Files of the same people are found by these, also where names are spelt otherwise: by dates of birth, by the door,
-- by postcode and sound, by phone. A token of two fields or more shows nobody's field by itself. The job
-- `renew_tokens` makes anew what an older way of making them made, because what they are made of is sealed.
create table match_tokens (
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  kind text not null check (kind in ('pair', 'survivor', 'perpetrator', 'child', 'person', 'pair_names',
    'pair_born', 'family_born', 'given_born', 'sound', 'place', 'place_sound', 'door', 'phone')),
  token bytea not null,
  version smallint not null default 1,
  primary key (case_id, kind, token)
);
create index match_tokens_token on match_tokens (token, kind);
create index match_tokens_version on match_tokens (version, case_id);
create index match_tokens_marac on match_tokens (marac_id);
comment on table match_tokens is 'Keyed hashes of two or more fields together; never of one alone.';
comment on column match_tokens.version is 'Of how tokens are made, when this one was.';

-- Risk, for each tool apart. A supplement or a part takes the place of no complete assessment.

create table risk_assessments (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  tool text not null,
  tool_version integer not null,
  tool_role text not null default 'threshold' check (tool_role in ('threshold', 'supplement')),
  score smallint,
  maximum smallint,
  yes_count smallint not null,
  no_count smallint not null,
  dont_know_count smallint not null,
  not_asked_count smallint not null,
  assessed_on date not null,
  assessed_how text not null default 'unknown'
    check (assessed_how in ('face_to_face', 'phone', 'online', 'without_survivor', 'unknown')),
  agency_id uuid not null references agencies,
  created_by uuid references users,
  actor_id uuid references registered_actors,
  supersedes_id uuid references risk_assessments,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index risk_assessments_case on risk_assessments (case_id, created_at desc);
create index risk_assessments_marac on risk_assessments (marac_id);
create index risk_assessments_referral on risk_assessments (referral_id) where referral_id is not null;
create index risk_assessments_agency on risk_assessments (agency_id);
create index risk_assessments_created_by on risk_assessments (created_by) where created_by is not null;
create index risk_assessments_actor on risk_assessments (actor_id) where actor_id is not null;
create index risk_assessments_supersedes on risk_assessments (supersedes_id) where supersedes_id is not null;
comment on column risk_assessments.score is 'Yes answers of a scored tool; null where nothing was scored.';
comment on column risk_assessments.maximum is 'The highest score the tool can give; null for one that is not scored.';

-- What the assessments of a case come to, tool by tool, the leading tool first. One rule (`risk::figures`) works
-- the figures out whenever an assessment is recorded, so that lists read them here and open no answers.
create table risk_figures (
  case_id uuid not null references cases,
  number smallint not null,
  marac_id uuid not null references maracs,
  place text not null check (place in ('standing', 'raised', 'higher_before', 'beside')),
  leads boolean not null,
  assessment_id uuid not null references risk_assessments,
  score smallint,
  answered_count smallint not null,
  not_asked_count smallint not null,
  primary key (case_id, number)
);
create index risk_figures_marac on risk_figures (marac_id);
create index risk_figures_assessment on risk_figures (assessment_id);

-- The account: what the survivor told, once.

create table account_entries (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  heading text not null check (heading in ('what_happened', 'who_else_is_affected', 'what_is_feared',
    'what_the_survivor_wants', 'what_has_been_tried', 'what_is_needed_now', 'practical_safety')),
  sharing text not null check (sharing in ('agency_private', 'marac', 'restricted')),
  told_on date not null,
  how_told text not null check (how_told in ('in_person', 'phone', 'video', 'writing', 'through_another', 'unknown')),
  author_id uuid references users,
  actor_id uuid references registered_actors,
  agency_id uuid not null references agencies,
  supersedes_id uuid references account_entries,
  superseded_by_id uuid references account_entries,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint account_entries_supersedes_key unique (supersedes_id)
);
create index account_entries_case on account_entries (case_id, heading, created_at);
create index account_entries_marac on account_entries (marac_id);
create index account_entries_referral on account_entries (referral_id) where referral_id is not null;
create index account_entries_author on account_entries (author_id) where author_id is not null;
create index account_entries_actor on account_entries (actor_id) where actor_id is not null;
create index account_entries_agency on account_entries (agency_id);
create index account_entries_superseded_by on account_entries (superseded_by_id)
  where superseded_by_id is not null;

do $$
declare t text;
begin
  foreach t in array array['parties', 'party_characteristics', 'party_addresses', 'party_contacts',
    'party_relationships', 'account_entries'] loop
    execute format($c$comment on column %I.referral_id is
      'The referral it came with; null: recorded on the case.'$c$, t);
  end loop;
  foreach t in array array['parties', 'party_addresses', 'party_contacts', 'party_relationships'] loop
    execute format($c$comment on column %I.also_from is
      'Later referrals that say the same: it stays when the one it came with is taken out.'$c$, t);
  end loop;
end $$;

-- Who may see the case.

-- What is set on one file is laid on every other file of the same people (functions/exclusions.sql), and passes to
-- what an excluded person makes (functions/inheritance.sql). It is laid in doubt, too: that is better than not at
-- all.
create table exclusions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  user_id uuid references users,
  actor_id uuid references registered_actors,
  agency_id uuid references agencies,
  client_id uuid references api_clients,
  exempt_user_id uuid references users,
  reason bytea,
  set_by uuid references users,
  origin_id uuid references exclusions,
  root_id uuid references exclusions,
  laid_by text check (laid_by in ('joined', 'linked', 'same_pair', 'same_person', 'same_dates',
    'similar_names', 'same_place', 'same_phone', 'maker')),
  ends_at timestamptz not null default 'infinity',
  lifted_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint exclusions_subject_check check (num_nonnulls(user_id, actor_id, agency_id, client_id) = 1),
  constraint exclusions_check1 check (exempt_user_id is null or agency_id is not null),
  constraint exclusions_laid_check
    check (num_nonnulls(origin_id, root_id, laid_by) = case when reason is null then 3 else 0 end)
);
create index exclusions_case on exclusions (case_id);
create index exclusions_marac on exclusions (marac_id);
create index exclusions_referral on exclusions (referral_id) where referral_id is not null;
create index exclusions_user on exclusions (user_id) where user_id is not null;
create index exclusions_actor on exclusions (actor_id) where actor_id is not null;
create index exclusions_agency on exclusions (agency_id) where agency_id is not null;
create index exclusions_client on exclusions (client_id) where client_id is not null;
create index exclusions_exempt on exclusions (exempt_user_id) where exempt_user_id is not null;
create index exclusions_set_by on exclusions (set_by) where set_by is not null;
create index exclusions_origin on exclusions (origin_id) where origin_id is not null;
create index exclusions_root on exclusions (root_id) where root_id is not null;
create index exclusions_lifted_by on exclusions (lifted_by) where lifted_by is not null;
create unique index exclusions_laid_once on exclusions
  (case_id, root_id, user_id, actor_id, agency_id, client_id) nulls not distinct
  where root_id is not null and lifted_by is null;
comment on column exclusions.referral_id is
  'The joined referral on whose file it was set: it goes back there when that one is taken out.';
comment on column exclusions.origin_id is 'What this one was laid or inherited from; it is lifted with it.';
comment on column exclusions.root_id is
  'The exclusion that somebody set, and whose reason holds for all that were laid from it.';

create table restrictions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  reason bytea,
  set_by uuid references users,
  origin_id uuid references restrictions,
  laid_by text check (laid_by in ('joined', 'linked', 'same_pair', 'same_person', 'same_dates',
    'similar_names', 'same_place', 'same_phone', 'maker')),
  ends_at timestamptz not null default 'infinity',
  lifted_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint restrictions_laid_check
    check (num_nonnulls(origin_id, laid_by) = case when reason is null then 2 else 0 end)
);
create index restrictions_case on restrictions (case_id);
create index restrictions_marac on restrictions (marac_id, ends_at);
create index restrictions_referral on restrictions (referral_id) where referral_id is not null;
create index restrictions_set_by on restrictions (set_by) where set_by is not null;
create index restrictions_origin on restrictions (origin_id) where origin_id is not null;
create index restrictions_lifted_by on restrictions (lifted_by) where lifted_by is not null;
comment on column restrictions.referral_id is
  'The joined referral on whose file it was set: it goes back there when that one is taken out.';

-- Observers and guests see a case by their seat, while the meeting is in session. `meeting_id` references meetings,
-- which the next step makes.
create table circle (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  basis text not null check (basis in ('referrer', 'named', 'allocation', 'listing', 'share', 'attendance')),
  user_id uuid references users,
  actor_id uuid references registered_actors,
  agency_id uuid references agencies,
  as_lead boolean not null default false,
  restriction_id uuid references restrictions,
  meeting_id uuid,
  opens_at timestamptz not null,
  full_at timestamptz not null default 'infinity',
  ends_at timestamptz not null default 'infinity',
  paused boolean not null default false,
  reason bytea,
  created_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  check (num_nonnulls(user_id, actor_id, agency_id) = 1),
  check ((basis in ('referrer', 'named', 'attendance')) = (agency_id is null)),
  constraint circle_as_lead_check check (not as_lead or basis = 'named')
);
create index circle_case on circle (case_id, opens_at, ends_at);
create index circle_user on circle (user_id, case_id) where user_id is not null;
create index circle_actor on circle (actor_id, case_id) where actor_id is not null;
create index circle_agency on circle (agency_id, marac_id, case_id) where agency_id is not null;
create index circle_marac on circle (marac_id);
create index circle_meeting on circle (meeting_id) where meeting_id is not null;
create index circle_restriction on circle (restriction_id) where restriction_id is not null;
create index circle_created_by on circle (created_by) where created_by is not null;
create unique index circle_one_listing on circle (case_id, agency_id, meeting_id)
  where basis = 'listing';
create unique index circle_one_seat on circle (case_id, meeting_id, user_id, actor_id)
  nulls not distinct where basis = 'attendance';
comment on table circle is 'Who a case is open to, on what basis, from when and until when.';
comment on column circle.as_lead is 'Named because they lead the case: it ends when another does.';
comment on column circle.restriction_id is 'The restriction, laid from another file, that named this person.';
comment on column circle.full_at is 'From here the lens is the meeting''s: account entries of class marac and full answers.';
comment on column circle.paused is
  'The case rests: the row opens nothing until the case is opened again. Kept by triggers.';

-- Questions on the account: what somebody lacks and asks the case's lead for, instead of ringing the survivor.

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

-- Somebody who wanted to ask was sent to what they can read, and left it at that. There is one row a person and
-- heading, however often they tried; a question that they ask after all claims it.
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

-- Single entries that the lead opened to an agency on a question, before the agency reads the account. They end with
-- what the asker saw the case by.
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

-- What cannot be read, for the coordinators. A part's place is here, never what it says.
create table damaged_parts (
  id uuid primary key,
  marac_id uuid not null references maracs (id),
  case_id uuid not null references cases (id),
  part text not null,
  field text not null,
  row_id uuid not null,
  -- SHA-256 of the sealed bytes, to see whether they are still the same; null for a date.
  digest text,
  -- Of a date that could not be: what stood there.
  was text,
  found_at timestamptz not null,
  seen_at timestamptz not null,
  unique (part, field, row_id)
);
create index damaged_parts_marac on damaged_parts (marac_id, found_at, id);
create index damaged_parts_case on damaged_parts (case_id);
comment on table damaged_parts is 'Which parts of cases cannot be read. Holds no content but dates that no calendar has.';
