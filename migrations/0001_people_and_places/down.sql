drop table installation, idempotency_keys, login_failures, refresh_tokens, sessions, invitations,
  role_grants, registered_actors, api_clients, marac_agencies, users, agencies, maracs;
