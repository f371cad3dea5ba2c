-- Strong roles, wider rights of a client, and a strong account's link to a registered actor hold once a
-- second person has confirmed. Until then they stand here, and nothing that reads what somebody may do
-- reads this table. What holds already goes on holding.
create table pending_grants (
  id uuid primary key,
  kind text not null check (kind in ('role', 'rights', 'link')),
  marac_id uuid references maracs,
  user_id uuid references users,
  client_id uuid references api_clients,
  actor_id uuid references registered_actors,
  role text check (role in ('practitioner', 'idva', 'representative', 'agency_lead',
    'coordinator', 'chair', 'observer', 'analyst', 'auditor')),
  rights text[],
  ends_at timestamptz not null default 'infinity',
  asked_by uuid references users,
  expires_at timestamptz not null,
  outcome text check (outcome in ('confirmed', 'refused', 'withdrawn')),
  decided_by uuid references users,
  decided_at timestamptz,
  created_at timestamptz not null,
  check ((outcome is null) = (decided_at is null)),
  check (case kind
    when 'role' then role is not null and marac_id is not null and num_nonnulls(user_id, client_id) = 1
    when 'rights' then rights is not null and client_id is not null
    else actor_id is not null and user_id is not null and client_id is not null end)
);
create index pending_grants_marac on pending_grants (marac_id) where marac_id is not null;
create index pending_grants_user on pending_grants (user_id) where user_id is not null;
create index pending_grants_client on pending_grants (client_id) where client_id is not null;
create index pending_grants_actor on pending_grants (actor_id) where actor_id is not null;
create index pending_grants_asked_by on pending_grants (asked_by) where asked_by is not null;
create index pending_grants_decided_by on pending_grants (decided_by) where decided_by is not null;
create index pending_grants_open on pending_grants (id) where outcome is null;
grant select, insert, update on pending_grants to toldonce_app;
